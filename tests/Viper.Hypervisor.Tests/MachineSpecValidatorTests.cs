using Viper.Hypervisor.Machines;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests;

public sealed class MachineSpecValidatorTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Check_GoodDescription_Passes() => MachineSpecValidator.Check(Good());

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Check_BadName_IsRefused(string name) => Refuses(Good() with { Name = name }, nameof(MachineSpec.Name));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(65)]
    public void Check_BadVcpuCount_IsRefused(int count) => Refuses(Good() with { VcpuCount = count }, nameof(MachineSpec.VcpuCount));

    [Theory]
    [InlineData(31)]
    [InlineData(1_048_577)]
    public void Check_BadMemory_IsRefused(int mib) => Refuses(Good() with { MemoryMib = mib }, nameof(MachineSpec.MemoryMib));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void Check_BadCommandLine_IsRefused(string line) => Refuses(Good() with { CommandLine = line }, nameof(MachineSpec.CommandLine));

    [Fact]
    public void Check_CommandLineTooLong_IsRefused() =>
        Refuses(Good() with { CommandLine = new string('x', 1901) }, nameof(MachineSpec.CommandLine));

    [Fact]
    public void Check_MissingFiles_AreRefused()
    {
        Refuses(Good() with { KernelPath = "/nonexistent" }, nameof(MachineSpec.KernelPath));
        Refuses(Good() with { VmlinuxPath = "/nonexistent" }, nameof(MachineSpec.VmlinuxPath));
        Refuses(Good() with { InitramfsPath = "relative" }, nameof(MachineSpec.InitramfsPath));
        Refuses(Good() with { Disks = [new DiskSpec("/nonexistent")] }, nameof(MachineSpec.Disks));
        Refuses(Good() with { RunDirectory = "relative" }, nameof(MachineSpec.RunDirectory));
        Refuses(Good() with { LogDirectory = "relative" }, nameof(MachineSpec.LogDirectory));
    }

    [Fact]
    public void Check_TooManyDevices_IsRefused()
    {
        DiskSpec disk = new(Good().KernelPath);
        Refuses(Good() with { Disks = [.. Enumerable.Repeat(disk, 9)] }, nameof(MachineSpec.Disks));
        Refuses(Good() with { Nics = [.. Enumerable.Repeat(new NicSpec("lo", "02:00:00:00:00:01"), 9)] }, nameof(MachineSpec.Nics));
    }

    [Theory]
    [InlineData("lo", "01:00:00:00:00:01")]
    [InlineData("lo", "02:00:00:00:00")]
    [InlineData("lo", "02:00:00:00:00:01,x=y")]
    [InlineData("lo,x", "02:00:00:00:00:01")]
    [InlineData("sixteencharacter", "02:00:00:00:00:01")]
    [InlineData("missing0", "02:00:00:00:00:01")]
    public void Check_BadCard_IsRefused(string tap, string mac) =>
        Refuses(Good() with { Nics = [new NicSpec(tap, mac)] }, nameof(MachineSpec.Nics));

    [Fact]
    public void Check_Growth_IsBounded()
    {
        Refuses(Good() with { HotplugSlots = 17 }, nameof(MachineSpec.HotplugSlots));
        Refuses(Good() with { HotplugSlots = -1 }, nameof(MachineSpec.HotplugSlots));
        Refuses(Good() with { VcpuCount = 2, MaxVcpuCount = 1 }, nameof(MachineSpec.MaxVcpuCount));
        Refuses(Good() with { MaxVcpuCount = 65 }, nameof(MachineSpec.MaxVcpuCount));
        Refuses(Good() with { MemoryMib = 64, MaxMemoryMib = 32 }, nameof(MachineSpec.MaxMemoryMib));
        Refuses(Good() with { MemoryFilePath = "relative" }, nameof(MachineSpec.MemoryFilePath));
        Refuses(Good() with { MemoryFilePath = Good().KernelPath }, nameof(MachineSpec.MemoryFilePath));
    }

    [Fact]
    public void Check_TapDescriptor_IsTakenInsteadOfAName()
    {
        Microsoft.Win32.SafeHandles.SafeFileHandle tap = File.OpenHandle("/dev/null");
        NicSpec card = NicSpec.FromDescriptor(tap, "02:00:00:00:00:01");
        MachineSpecValidator.Check(Good() with { Nics = [card] });
        Refuses(Good() with { Nics = [card with { TapName = "lo" }] }, nameof(MachineSpec.Nics));

        tap.Dispose();

        Refuses(Good() with { Nics = [card] }, nameof(MachineSpec.Nics));
    }

    private static void Refuses(MachineSpec spec, string property) =>
        Assert.Equal(property, Assert.Throws<MachineSpecException>(() => MachineSpecValidator.Check(spec)).Property);

    private MachineSpec Good()
    {
        File.WriteAllText(_folder["file"], "x");
        return new MachineSpec
        {
            Name = "a",
            KernelPath = _folder["file"],
            InitramfsPath = _folder["file"],
            RunDirectory = _folder["run"],
            LogDirectory = _folder["log"],
        };
    }
}
