namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>GET /status</c>.</summary>
public sealed record AgentStatus
{
    /// <summary>Gets the agent's own part.</summary>
    public required AgentInfo Agent { get; init; }

    /// <summary>Gets Chrome's part.</summary>
    public required BrowserInfo Browser { get; init; }

    /// <summary>Gets when the steps of the start happened.</summary>
    public required BootTimes BootMs { get; init; }
}
