using Viper.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>The contract on QEMU's microvm.</summary>
public sealed class QemuMicrovmContract : MachineContract
{
    protected override string Kind => "m";

    protected override MachineCapabilities Expected =>
        MachineCapabilities.Pause | MachineCapabilities.PowerButton | MachineCapabilities.Reset | MachineCapabilities.MemoryBalloon
        | MachineCapabilities.Snapshot | MachineCapabilities.Restore | MachineCapabilities.Nmi | MachineCapabilities.CoreDump
        | MachineCapabilities.Adopt;

    protected override HypervisorOptions FindOptions() =>
        new() { Choice = HypervisorChoice.Qemu, QemuMachine = QemuMachineType.Microvm };

    protected override void AssertMode(bool memoryFile, MemoryMode mode) =>
        Assert.Equal(memoryFile ? MemoryMode.PrivateFile : MemoryMode.Copy, mode);
}
