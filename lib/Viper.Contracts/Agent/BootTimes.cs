namespace Viper.Contracts.Agent;

/// <summary>When the steps of the guest's start happened, in milliseconds since its kernel started (CLOCK_BOOTTIME).</summary>
public sealed record BootTimes
{
    /// <summary>Gets when the agent's process was made, in steps of 10 ms.</summary>
    public long AgentStart { get; init; }

    /// <summary>Gets when the agent accepted connections; null before.</summary>
    public long? Listening { get; init; }

    /// <summary>Gets when the first Chrome was started; null before, and without a browser.</summary>
    public long? BrowserStart { get; init; }

    /// <summary>Gets when the first Chrome had answered; null before, and without a browser.</summary>
    public long? BrowserReady { get; init; }
}
