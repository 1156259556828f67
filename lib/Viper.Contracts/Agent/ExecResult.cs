namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>POST /exec</c>: how the program ended, and what it wrote.</summary>
public sealed record ExecResult
{
    /// <summary>Gets the exit code; null when a signal ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets the signal that ended it (<c>SIGKILL</c>); null when it exited.</summary>
    public string? Signal { get; init; }

    /// <summary>Gets what it wrote to its standard output, at most 1 MiB of it, in <see cref="Encoding"/>.</summary>
    public required string Stdout { get; init; }

    /// <summary>Gets what it wrote to its standard error, at most 1 MiB of it, in <see cref="Encoding"/>.</summary>
    public required string Stderr { get; init; }

    /// <summary>Gets how both outputs stand here: Base64 when either is not valid UTF-8.</summary>
    public required OutputEncoding Encoding { get; init; }

    /// <summary>Gets a value indicating whether an output was larger, so that its end is missing here.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Gets a value indicating whether it was killed because its time was up.</summary>
    public required bool TimedOut { get; init; }

    /// <summary>Gets how long it ran, in milliseconds.</summary>
    public required long DurationMs { get; init; }
}
