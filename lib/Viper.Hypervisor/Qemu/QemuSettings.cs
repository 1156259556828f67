namespace Viper.Hypervisor.Qemu;

/// <summary>What the command line depends on besides the machine's description.</summary>
/// <param name="MachineType">The machine to emulate.</param>
/// <param name="Accelerator">How guest instructions are executed.</param>
/// <param name="RunAs">The user that QEMU becomes once everything is open, for <c>-runas</c>; null when this program is not root.</param>
/// <param name="TscKilohertz">The rate of the host's time stamp counter; 0 when unknown.</param>
internal sealed record QemuSettings(QemuMachineType MachineType, Accelerator Accelerator, string? RunAs, long TscKilohertz);
