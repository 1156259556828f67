namespace Viper.Contracts.Agent;

/// <summary>The document of the console line <c>viper: agent_failed {json}</c>: the agent could not start.</summary>
public sealed record AgentFailed
{
    /// <summary>Gets what failed and why.</summary>
    public required string Detail { get; init; }
}
