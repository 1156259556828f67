namespace Viper.Hypervisor.Machines;

/// <summary>Which program runs the machines, and how.</summary>
internal sealed record HypervisorDecision(HypervisorKind Kind, string ProgramPath, Accelerator Accelerator);
