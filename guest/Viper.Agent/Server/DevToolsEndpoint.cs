using System.Text;
using Viper.Agent.Browser;
using Viper.Agent.DevTools;

namespace Viper.Agent.Server;

/// <summary>Chrome's <c>/json</c> paths, passed on as they are; addresses in the answers are the daemon's to rewrite.</summary>
internal sealed class DevToolsEndpoint
{
    private const string New = "/json/new";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);

    private readonly BrowserSupervisor _browser;

    internal DevToolsEndpoint(BrowserSupervisor browser) => _browser = browser;

    internal static bool Owns(ReadOnlySpan<char> path) => path is "/json" || path.StartsWith("/json/", StringComparison.Ordinal);

    internal async Task<AgentResponse> AnswerAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        var path = request.Head.Path.ToString();
        var method = request.Head.Method;
        var target = Match(request, path.AsSpan().TrimEnd('/'));
        if (target is null)
        {
            return Problem.NotFound(path);
        }

        // Chrome itself looks at the method of /json/new alone; chrome-remote-interface closes with PUT what it opened with PUT.
        var isNew = target.StartsWith(New, StringComparison.Ordinal);
        if (method != "PUT" && (isNew || method != "GET"))
        {
            return Problem.MethodNotAllowed(path, method, isNew ? "PUT" : "GET, PUT");
        }

        var state = _browser.State;
        if (state.Run is not { } run)
        {
            return Problem.NoBrowser(state.Health, path);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_deadline);
        try
        {
            var reply = await DevToolsClient.SendAsync(run.Endpoint, method, target, deadline.Token);
            return reply.Status == 200 ? new AgentResponse(200, reply.ContentType, reply.Body) : Failed(reply, path);
        }
        catch (IOException)
        {
            return Problem.NoBrowser(_browser.State.Health, path);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem.Create(504, "action_timeout", "The browser's DevTools address did not answer in time.", path);
        }
    }

    /// <summary>What Chrome is asked; null when the path is not Chrome's.</summary>
    private static string? Match(AgentRequest request, ReadOnlySpan<char> path)
    {
        switch (path)
        {
            case "/json" or "/json/list":
                return "/json/list";
            case "/json/version" or "/json/protocol":
                return path.ToString();
            case New:
                return request.Head.Query.IsEmpty ? New : $"{New}?{request.Head.Query}";
            default:
                var known = (path.StartsWith("/json/activate/", StringComparison.Ordinal) || path.StartsWith("/json/close/", StringComparison.Ordinal))
                    && RelayEndpoint.IsId(path[(path.LastIndexOf('/') + 1)..])
                    && path.Count('/') == 3;
                return known ? path.ToString() : null;
        }
    }

    private static AgentResponse Failed(DevToolsReply reply, string path) => reply.Status switch
    {
        404 => Problem.Create(404, "page_not_found", "The browser has no target of this id.", path),
        _ => Problem.Create(502, "browser_error", $"The browser answered {reply.Status}: {FirstLine(reply.Body.Span)}", path),
    };

    private static string FirstLine(ReadOnlySpan<byte> body)
    {
        const int Max = 200;
        var end = body.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? body : body[..end];
        return Encoding.UTF8.GetString(line.Length > Max ? line[..Max] : line);
    }
}
