namespace Viper.Contracts.Agent;

/// <summary>How a program ended; also the data of the event <c>exit</c>.</summary>
public sealed record ProcessExit
{
    /// <summary>Gets the exit code; null when a signal ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets the signal that ended it (<c>SIGKILL</c>); null when it exited.</summary>
    public string? Signal { get; init; }

    /// <summary>Gets a value indicating whether it was killed because its time was up.</summary>
    public required bool TimedOut { get; init; }

    /// <summary>Gets how long it ran, in milliseconds.</summary>
    public required long DurationMs { get; init; }
}
