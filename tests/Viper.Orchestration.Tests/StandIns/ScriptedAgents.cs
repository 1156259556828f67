using Viper.Orchestration.Guest;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>Answers for every agent, as a test decides.</summary>
internal sealed class ScriptedAgents : IAgentProbe
{
    private int _asked;

    public Func<int, AgentHealth?> Answer { get; set; } = static _ => new AgentHealth(true, "HeadlessChrome/1");

    public int Asked => Volatile.Read(ref _asked);

    public Task<AgentHealth?> AskAsync(AgentAddress agent, CancellationToken cancellationToken) =>
        Task.FromResult(Answer(Interlocked.Increment(ref _asked)));
}
