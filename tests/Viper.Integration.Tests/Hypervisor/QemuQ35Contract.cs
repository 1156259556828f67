using Viper.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>The contract on QEMU's q35.</summary>
public sealed class QemuQ35Contract : MachineContract
{
    protected override string Kind => "q";

    protected override bool LetsGo => true;

    protected override MachineCapabilities Expected =>
        MachineCapabilities.Pause | MachineCapabilities.PowerButton | MachineCapabilities.Reset | MachineCapabilities.MemoryBalloon
        | MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug | MachineCapabilities.Snapshot | MachineCapabilities.Restore
        | MachineCapabilities.Nmi | MachineCapabilities.CoreDump | MachineCapabilities.Adopt;

    protected override HypervisorOptions FindOptions() =>
        new() { Choice = HypervisorChoice.Qemu, QemuMachine = QemuMachineType.Q35 };

    protected override void AssertMode(bool memoryFile, MemoryMode mode) =>
        Assert.Equal(memoryFile ? MemoryMode.PrivateFile : MemoryMode.Copy, mode);
}
