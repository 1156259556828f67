using System.Buffers;
using System.Net.Sockets;
using Viper.Agent.Browser;
using Viper.Agent.DevTools;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary><c>/devtools/browser/{id}</c>, <c>/devtools/browser/default</c> and <c>/devtools/page/{id}</c>: Chrome's WebSockets.</summary>
internal sealed class RelayEndpoint
{
    internal const string Prefix = "/devtools/";
    private const string BrowserPrefix = "/devtools/browser/";
    private const string PagePrefix = "/devtools/page/";
    private const string DefaultId = "default";
    private const int MaxId = 128;

    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(15);
    private static readonly SearchValues<char> s_id =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly BrowserSupervisor _browser;
    private int _connections;

    internal RelayEndpoint(BrowserSupervisor browser) => _browser = browser;

    /// <summary>Gets how many connections are relayed now.</summary>
    internal int Connections => Volatile.Read(ref _connections);

    /// <summary>Says whether a text can be the id of a target: nothing that could change the meaning of a request line.</summary>
    internal static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxId && !text.ContainsAnyExcept(s_id);

    /// <summary>Relays until either side ends, then answers null; or answers why there is nothing to relay.</summary>
    internal async Task<AgentResponse?> RelayAsync(
        Socket client, MessageReader reader, HttpRequestHead head, CancellationToken stopping)
    {
        var path = head.Path.ToString();
        if (stopping.IsCancellationRequested)
        {
            return Problem.Stopping(path);
        }

        if (Check(head, path) is { } refusal)
        {
            return refusal;
        }

        var state = _browser.State;
        if (state.Run is not { } run)
        {
            return Problem.NoBrowser(state.Health, path);
        }

        var target = path == BrowserPrefix + DefaultId ? BrowserPrefix + run.BrowserId : path;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(s_handshake);
        try
        {
            using var chrome = await DevToolsClient.ConnectAsync(run.Endpoint, deadline.Token);
            using var chromeReader = new MessageReader(chrome);
            await DevToolsClient.SendAllAsync(chrome, RelayHandshake.Request(head, target, run.Endpoint), deadline.Token);
            var answer = await chromeReader.ReadResponseAsync(deadline.Token);
            if (answer.Status != 101)
            {
                return Refused(answer.Status, path);
            }

            await DevToolsClient.SendAllAsync(client, RelayHandshake.Response(answer), deadline.Token);
            using var relay = new DevToolsRelay(client, chrome, run, stopping);
            await RunAsync(relay, reader, chromeReader);
            return null;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            return Problem.Create(503, "browser_restarting", $"The browser did not answer the handshake: {error.Message}", path);
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested
                ? Problem.Stopping(path)
                : Problem.Create(504, "action_timeout", "The browser did not answer the handshake in time.", path);
        }
    }

    private async Task RunAsync(DevToolsRelay relay, MessageReader client, MessageReader chrome)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await relay.RunAsync(client.Buffered, chrome.Buffered);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private static AgentResponse? Check(HttpRequestHead head, string path)
    {
        var id = path.StartsWith(BrowserPrefix, StringComparison.Ordinal) ? path.AsSpan(BrowserPrefix.Length)
            : path.StartsWith(PagePrefix, StringComparison.Ordinal) ? path.AsSpan(PagePrefix.Length)
            : default;
        if (!IsId(id))
        {
            return Problem.NotFound(path);
        }

        if (head.Method != "GET")
        {
            return Problem.MethodNotAllowed(path, head.Method, "GET") with { Close = head.HasBody };
        }

        if (!head.IsWebSocketUpgrade)
        {
            return Problem.Create(426, "validation_failed", "This path speaks WebSocket alone.", path) with
            {
                Header = "Upgrade: websocket",
                Close = head.HasBody,
            };
        }

        return head.HasBody || head.Headers["Sec-WebSocket-Key"] is null
            ? Problem.Create(400, "validation_failed", "The WebSocket handshake has a body, or no Sec-WebSocket-Key.", path) with { Close = true }
            : null;
    }

    private static AgentResponse Refused(int status, string path) => status switch
    {
        404 => Problem.Create(404, "page_not_found", "The browser has no target of this id.", path),
        400 or 426 => Problem.Create(400, "validation_failed", "The browser does not accept this WebSocket handshake.", path),
        // Chrome answers 500 for ids that it does not know.
        500 => Problem.Create(404, "page_not_found", "The browser has no target of this id.", path),
        _ => Problem.Create(502, "browser_error", $"The browser refused the WebSocket with status {status}.", path),
    };
}
