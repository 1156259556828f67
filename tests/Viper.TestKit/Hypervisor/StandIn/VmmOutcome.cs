namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>An answer, and the exit code with which the process ends after it, if it does.</summary>
internal sealed record VmmOutcome(MicroHttpAnswer Answer, int? ExitCode = null);
