using System.Net.Sockets;
using Viper.Agent.Actions;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>Which path is answered by whom.</summary>
internal sealed class AgentRouter
{
    private readonly StatusEndpoint _status;
    private readonly DevToolsEndpoint _devTools;
    private readonly RelayEndpoint _relay;
    private readonly NavigateAction _navigate;
    private readonly ScreenshotAction _screenshot;

    internal AgentRouter(StatusEndpoint status, DevToolsEndpoint devTools, RelayEndpoint relay, ActionRunner actions)
    {
        _navigate = new NavigateAction(actions);
        _screenshot = new ScreenshotAction(actions);
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
        catch (FieldException error)
        {
            return Problem.Invalid(path, error.Member, error.Code, error.Message);
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
        var method = request.Head.Method;
        return path switch
        {
            "/status" when method == "GET" => _status.AnswerAsync(stopping),
            "/status" => Refuse(path, method, "GET"),
            "/navigate" when method == "POST" => _navigate.AnswerAsync(request, path, stopping),
            "/navigate" => Refuse(path, method, "POST"),
            "/screenshot" when method is "GET" or "POST" => _screenshot.AnswerAsync(request, path, stopping),
            "/screenshot" => Refuse(path, method, "GET, POST"),
            _ when DevToolsEndpoint.Owns(path) => _devTools.AnswerAsync(request, stopping),
            _ => Task.FromResult(Problem.NotFound(path)),
        };
    }

    private static Task<AgentResponse> Refuse(string path, string method, string allowed) =>
        Task.FromResult(Problem.MethodNotAllowed(path, method, allowed));
}
