using Viper.Agent.Server;

namespace Viper.Agent.Actions;

/// <summary>A request for something that is done to a page.</summary>
/// <param name="Request">The request.</param>
/// <param name="Path">Its path, for problems.</param>
/// <param name="PageId">The page; null for the active one.</param>
/// <param name="Stopping">Ends with the agent or the caller.</param>
internal sealed record PageCall(AgentRequest Request, string Path, string? PageId, CancellationToken Stopping)
{
    internal bool IsGet => Request.Head.Method == "GET";

    /// <summary>Gets what the caller accepts; empty when it did not say.</summary>
    internal string Accept => Request.Head.Headers["Accept"] ?? string.Empty;
}
