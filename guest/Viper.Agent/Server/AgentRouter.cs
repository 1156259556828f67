using System.Net.Sockets;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>Which path is answered by whom.</summary>
internal sealed class AgentRouter
{
    private readonly StatusEndpoint _status;
    private readonly DevToolsEndpoint _devTools;
    private readonly RelayEndpoint _relay;

    internal AgentRouter(StatusEndpoint status, DevToolsEndpoint devTools, RelayEndpoint relay)
    {
        _status = status;
        _devTools = devTools;
        _relay = relay;
    }

    /// <summary>Says whether a path belongs to the relayed WebSockets.</summary>
    internal static bool IsRelay(ReadOnlySpan<char> path) => path.StartsWith(RelayEndpoint.Prefix, StringComparison.Ordinal);

    /// <summary>Relays a WebSocket, then answers null; or answers why there is nothing to relay.</summary>
    internal Task<AgentResponse?> RelayAsync(Socket client, MessageReader reader, HttpRequestHead head, CancellationToken stopping) =>
        _relay.RelayAsync(client, reader, head, stopping);

    /// <summary>Answers a request; every failure is an answer too.</summary>
    internal async Task<AgentResponse> AnswerAsync(AgentRequest request, CancellationToken stopping)
    {
        var path = request.Head.Path.ToString();
        if (stopping.IsCancellationRequested)
        {
            return Problem.Stopping(path);
        }

        try
        {
            return await DispatchAsync(request, path, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Problem.Stopping(path);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A defect of ours costs this request, not the agent.
            return Problem.Create(500, "agent_error", $"The agent failed: {error.GetType().Name}: {error.Message}", path);
        }
    }

    private Task<AgentResponse> DispatchAsync(AgentRequest request, string path, CancellationToken stopping)
    {
        if (path == "/status")
        {
            return request.Head.Method == "GET"
                ? _status.AnswerAsync(stopping)
                : Task.FromResult(Problem.MethodNotAllowed(path, request.Head.Method, "GET"));
        }

        return DevToolsEndpoint.Owns(path)
            ? _devTools.AnswerAsync(request, stopping)
            : Task.FromResult(Problem.NotFound(path));
    }
}
