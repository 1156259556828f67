namespace Viper.Hypervisor;

/// <summary>How a machine ended.</summary>
/// <param name="Cause">Why.</param>
/// <param name="ExitCode">The exit code of the VMM, unless a signal ended it.</param>
/// <param name="Signal">The number of the signal that ended the VMM, where one did.</param>
/// <param name="LogTail">The last lines of the VMM's log, at most 4 KiB, when it ended with an error; else empty.</param>
public sealed record MachineExit(MachineExitCause Cause, int? ExitCode, int? Signal, string LogTail);
