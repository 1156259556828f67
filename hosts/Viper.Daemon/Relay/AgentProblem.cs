using Viper.Contracts;

namespace Viper.Daemon.Relay;

/// <summary>What a caller is told when a VM's agent does not do its part.</summary>
internal static class AgentProblem
{
    internal static Problem Unreachable(string name, string why) =>
        Problem.Create(502, ProblemCodes.AgentUnreachable, $"The agent in VM '{name}' did not answer as it should: {why}. 'viper vms logs {name}' may say more.");

    internal static Problem RunEnded(string name) =>
        Problem.Create(409, ProblemCodes.VmNotRunning, $"VM '{name}' ended before its agent had answered.");
}
