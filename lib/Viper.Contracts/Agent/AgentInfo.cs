namespace Viper.Contracts.Agent;

/// <summary>The agent as it is now.</summary>
public sealed record AgentInfo
{
    /// <summary>Gets the agent's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the whole seconds since the agent started.</summary>
    public required long UptimeSeconds { get; init; }

    /// <summary>Gets the agent's process id in the guest.</summary>
    public required int Pid { get; init; }
}
