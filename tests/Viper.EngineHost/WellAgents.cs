using Viper.Orchestration;
using Viper.Orchestration.Guest;

namespace Viper.EngineHost;

/// <summary>Agents that answer at once.</summary>
internal sealed class WellAgents : IAgentProbe
{
    public Task<AgentHealth?> AskAsync(AgentAddress agent, CancellationToken cancellationToken) => Task.FromResult<AgentHealth?>(new AgentHealth(false, null));
}
