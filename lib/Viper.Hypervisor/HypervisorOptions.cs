namespace Viper.Hypervisor;

/// <summary>What decides which hypervisor is used.</summary>
public sealed record HypervisorOptions
{
    /// <summary>Which hypervisor.</summary>
    public HypervisorChoice Choice { get; init; } = HypervisorChoice.Auto;

    /// <summary>The path of QEMU (<c>VIPER_QEMU</c>); null to look on PATH.</summary>
    public string? QemuPath { get; init; }

    /// <summary>The path of Cloud Hypervisor (<c>VIPER_CLOUD_HYPERVISOR</c>); null to look on PATH.</summary>
    public string? CloudHypervisorPath { get; init; }

    /// <summary>How QEMU executes guest instructions.</summary>
    public AcceleratorChoice Accelerator { get; init; } = AcceleratorChoice.Auto;

    /// <summary>The machine that QEMU emulates.</summary>
    public QemuMachineType QemuMachine { get; init; } = QemuMachineType.Microvm;
}
