namespace Viper.Hypervisor;

/// <summary>What it took to stop a machine.</summary>
/// <param name="Stage">The step that ended it.</param>
/// <param name="Exit">How it ended.</param>
public sealed record StopOutcome(StopStage Stage, MachineExit Exit);
