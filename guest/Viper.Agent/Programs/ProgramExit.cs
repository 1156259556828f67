using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>How a program ended.</summary>
internal sealed record ProgramExit(int? ExitCode, int? Signal, bool TimedOut, TimeSpan Duration)
{
    internal ProcessExit ToContract() => new()
    {
        ExitCode = ExitCode,
        Signal = Signal is { } number ? SignalNames.NameOf(number) : null,
        TimedOut = TimedOut,
        DurationMs = (long)Duration.TotalMilliseconds,
    };
}
