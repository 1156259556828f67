namespace Viper.Orchestration.Guest;

/// <summary>Asks a guest's agent how it is.</summary>
internal interface IAgentProbe
{
    /// <summary>The agent's answer; null if it does not answer, or not as the agent of this VM would.</summary>
    Task<AgentHealth?> AskAsync(AgentAddress agent, CancellationToken cancellationToken);
}
