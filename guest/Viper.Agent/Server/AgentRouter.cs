using System.Net.Sockets;
using Viper.Agent.Actions;
using Viper.Agent.Http;
using Viper.Contracts.Agent;

namespace Viper.Agent.Server;

/// <summary>Which path is answered by whom.</summary>
internal sealed class AgentRouter
{
    private const string Pages = "/pages";

    private readonly StatusEndpoint _status;
    private readonly DevToolsEndpoint _devTools;
    private readonly RelayEndpoint _relay;
    private readonly PagesEndpoint _pages;
    private readonly Dictionary<string, IPageAction> _actions;
    private readonly IReadOnlyList<IStreamedEndpoint> _streamed;

    internal AgentRouter(
        StatusEndpoint status, DevToolsEndpoint devTools, RelayEndpoint relay, ActionRunner actions, IReadOnlyList<IStreamedEndpoint> streamed)
    {
        _streamed = streamed;
        _pages = new PagesEndpoint(actions);
        _actions = new Dictionary<string, IPageAction>(StringComparer.Ordinal)
        {
            ["/navigate"] = new NavigateAction(actions),
            ["/back"] = new HistoryAction(actions, -1),
            ["/forward"] = new HistoryAction(actions, 1),
            ["/reload"] = new HistoryAction(actions, 0),
            ["/content"] = new ContentAction(actions, ContentFormat.Html),
            ["/text"] = new ContentAction(actions, ContentFormat.Text),
            ["/evaluate"] = new EvaluateAction(actions),
            ["/wait"] = new WaitAction(actions),
            ["/click"] = new PointerAction(actions, clicks: true),
            ["/hover"] = new PointerAction(actions, clicks: false),
            ["/focus"] = new FocusAction(actions),
            ["/type"] = new TypeAction(actions, replaces: false),
            ["/fill"] = new TypeAction(actions, replaces: true),
            ["/press"] = new PressAction(actions),
            ["/select"] = new SelectAction(actions),
            ["/check"] = new CheckAction(actions),
            ["/screenshot"] = new ScreenshotAction(actions),
            ["/pdf"] = new PdfAction(actions),
        };
        _status = status;
        _devTools = devTools;
        _relay = relay;
    }

    /// <summary>Says whether a path belongs to the relayed WebSockets.</summary>
    internal static bool IsRelay(ReadOnlySpan<char> path) => path.StartsWith(RelayEndpoint.Prefix, StringComparison.Ordinal);

    /// <summary>Relays a WebSocket, then answers null; or answers why there is nothing to relay.</summary>
    internal Task<AgentResponse?> RelayAsync(Socket client, MessageReader reader, HttpRequestHead head, CancellationToken stopping) =>
        _relay.RelayAsync(client, reader, head, stopping);

    /// <summary>Finds who answers a path piece by piece; null when nobody does.</summary>
    internal IStreamedEndpoint? FindStreamed(ReadOnlySpan<char> path)
    {
        foreach (var endpoint in _streamed)
        {
            if (endpoint.Owns(path))
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>Answers a request; every failure is an answer too.</summary>
    internal async Task<AgentResponse> AnswerAsync(AgentRequest request, CancellationToken stopping)
    {
        var path = request.Head.Path.ToString();
        return (await AnswerAsync(path, async () => await DispatchAsync(request, path, stopping), static _ => false, stopping))!;
    }

    /// <summary>As <see cref="AnswerAsync(AgentRequest, CancellationToken)"/>; null when the connection was something else than HTTP.</summary>
    internal static Task<AgentResponse?> AnswerStreamedAsync(IStreamedEndpoint endpoint, StreamedRequest request) =>
        AnswerAsync(request.Path, () => endpoint.AnswerAsync(request), IsOfConnection, request.Stopping);

    // What ends a connection in the middle of a body is for the connection to see.
    private static bool IsOfConnection(Exception error) => error is HttpFaultException or OperationCanceledException or SocketException;

    private static async Task<AgentResponse?> AnswerAsync(string path, Func<Task<AgentResponse?>> answer, Func<Exception, bool> passes, CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested)
        {
            return Problem.Stopping(path);
        }

        try
        {
            return await answer();
        }
        catch (FieldException error)
        {
            return Problem.Invalid(path, error.Member, error.Code, error.Message);
        }
        catch (ActionException error)
        {
            return Problem.Create(error.Status, error.Code, error.Message, path);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Problem.Stopping(path);
        }
        catch (Exception error) when (error is not OutOfMemoryException && !passes(error))
        {
            // A defect of ours costs this request, not the agent.
            return Problem.Create(500, "agent_error", $"The agent failed: {error.GetType().Name}: {error.Message}", path);
        }
    }

    private Task<AgentResponse> DispatchAsync(AgentRequest request, string path, CancellationToken stopping)
    {
        var method = request.Head.Method;
        if (path == "/status")
        {
            return method == "GET" ? _status.AnswerAsync(stopping) : Refuse(path, method, "GET");
        }

        if (DevToolsEndpoint.Owns(path))
        {
            return _devTools.AnswerAsync(request, stopping);
        }

        var isPage = TrySplitPage(path, out var page, out var verb);
        var call = new PageCall(request, path, page, stopping);
        return _actions.TryGetValue(verb, out var action)
            ? IsAllowed(action.Methods, method) ? action.AnswerAsync(call) : Refuse(path, method, action.Methods)
            : isPage ? _pages.AnswerAsync(call, verb)
            : Task.FromResult(Problem.NotFound(path));
    }

    /// <summary>Parts <c>/pages/{id}/verb</c>; a path of no page is a verb as a whole.</summary>
    private static bool TrySplitPage(string path, out string? page, out string verb)
    {
        page = null;
        verb = path;
        if (path == Pages)
        {
            verb = string.Empty;
            return true;
        }

        if (!path.StartsWith(Pages + "/", StringComparison.Ordinal))
        {
            return false;
        }

        var id = path[(Pages.Length + 1)..];
        var end = id.IndexOf('/', StringComparison.Ordinal);
        page = end < 0 ? id : id[..end];
        verb = end < 0 ? string.Empty : id[end..];
        return true;
    }

    private static bool IsAllowed(string methods, string method) => methods.Split(", ").Contains(method);

    private static Task<AgentResponse> Refuse(string path, string method, string allowed) =>
        Task.FromResult(Problem.MethodNotAllowed(path, method, allowed));
}
