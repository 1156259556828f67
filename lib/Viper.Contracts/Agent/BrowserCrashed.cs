namespace Viper.Contracts.Agent;

/// <summary>The document of the console line <c>viper: browser_crashed {json}</c>.</summary>
public sealed record BrowserCrashed
{
    /// <summary>Gets what happened, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets Chrome's exit code; null when a signal ended it or it never started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets the number of the signal that ended Chrome; null when it exited by itself.</summary>
    public int? Signal { get; init; }

    /// <summary>Gets how many times Chrome had been restarted before.</summary>
    public required int Restarts { get; init; }

    /// <summary>Gets the pause before the next start, in milliseconds.</summary>
    public required long RestartInMs { get; init; }
}
