namespace Viper.Hypervisor;

/// <summary>One step of a machine's end.</summary>
/// <param name="Step">What happens now, or has just failed.</param>
/// <param name="Elapsed">The time since the stop was asked for.</param>
public readonly record struct StopReport(StopStep Step, TimeSpan Elapsed);
