using Viper.Hypervisor;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests;

public sealed class VmmLimitsTests
{
    private static readonly HypervisorInfo s_emulated = new("/q", "q", Accelerator.Tcg, "microvm");
    private static readonly HypervisorInfo s_kvm = s_emulated with { Accelerator = Accelerator.Kvm };

    [Fact]
    public void Of_Kvm_IsThePromiseAndWhatTheVmmNeeds() => Assert.Equal(
        new ProcessLimits { MemoryBytes = (512L + 256) << 20, CpuQuota = 3, ProcessCount = 258 },
        VmmLimits.Of(new EngineLimits(), 2, 512, s_kvm));

    [Fact]
    public void Of_Emulation_HasRoomForTranslatedCode() => Assert.Equal(
        (512L + 256 + 1024) << 20, VmmLimits.Of(new EngineLimits(), 2, 512, s_emulated).MemoryBytes);

    [Fact]
    public void Of_Settings_AreThose() => Assert.Equal(
        new ProcessLimits
        {
            MemoryBytes = (2048L + 100) << 20,
            CpuQuota = 2,
            ProcessCount = 257,
            DiskBytesPerSecond = 5 << 20,
            DiskOperationsPerSecond = 70,
        },
        VmmLimits.Of(new EngineLimits { VmmMemoryMb = 100, VmDiskMbPerSecond = 5, VmDiskIops = 70 }, 1, 2048, s_emulated));

    [Fact]
    public void Of_NotConfined_IsNone() => Assert.Equal(
        ProcessLimits.None, VmmLimits.Of(new EngineLimits { ConfineVmms = false, VmDiskIops = 1 }, 1, 64, s_kvm));
}
