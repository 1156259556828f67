namespace Viper.Hypervisor;

/// <summary>What a hypervisor is, as found on this host.</summary>
/// <param name="ProgramPath">The absolute path of the program.</param>
/// <param name="Version">The first line that the program printed when asked for its version.</param>
/// <param name="Accelerator">How guest instructions are executed.</param>
/// <param name="MachineType">The type of machine: <c>microvm</c>, <c>q35</c> or <c>cloud-hypervisor</c>.</param>
public sealed record HypervisorInfo(string ProgramPath, string Version, Accelerator Accelerator, string MachineType)
{
    /// <summary>
    /// What machines of this hypervisor can do at most; <see cref="IMachine.Capabilities"/> tells what one of them can, which also
    /// depends on its description.
    /// </summary>
    public MachineCapabilities Capabilities { get; init; }
}
