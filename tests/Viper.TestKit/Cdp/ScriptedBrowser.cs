using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Viper.Cdp.Frames;
using Viper.Cdp.Transport;

namespace Viper.TestKit.Cdp;

/// <summary>
/// A browser whose answers are a script: DevTools discovery and sockets on a loopback port, made of the library's own frames. A
/// command without an answer of its own gets an empty result.
/// </summary>
public sealed class ScriptedBrowser : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, Func<ScriptedCommand, Task>> _answers = new();
    private readonly ConcurrentBag<Task> _clients = [];
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly Task _accepting;

    public ScriptedBrowser()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets the port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Gets the browser's DevTools address.</summary>
    public Uri Address => new($"ws://127.0.0.1:{Port}/devtools/browser/scripted");

    /// <summary>Gets the commands that came, as <c>METHOD SESSION PARAMETERS</c>.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Answers a command with a result.</summary>
    public void Answer(string method, string result) => Answer(method, command => command.AnswerAsync(result));

    /// <summary>Answers a command by a script.</summary>
    public void Answer(string method, Func<ScriptedCommand, Task> script) => _answers[method] = script;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_clients);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _clients.Add(ServeAsync(await _listener.AcceptAsync(_end.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using SocketTransport transport = new(socket, holdsNoIdleMemory: true);
        try
        {
            WebSocketRequest request = await WebSocketRequest.ReadAsync(transport, null, _end.Token);
            if (request.IsUpgrade)
            {
                await request.AcceptAsync(_end.Token);
                await TalkAsync(transport);
            }
            else
            {
                await request.AnswerAsync(
                    "200 OK", "application/json", request.Target.StartsWith("/json/version", StringComparison.Ordinal)
                        ? $$"""{"Browser":"Scripted/1.0","Protocol-Version":"1.3","User-Agent":"Scripted","webSocketDebuggerUrl":"{{Address}}"}"""
                        : "[]", _end.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or Viper.Cdp.CdpException or ObjectDisposedException)
        {
            // The client or the test has ended.
        }
    }

    private async Task TalkAsync(SocketTransport transport)
    {
        WebSocketWriter writer = new(transport.Output, WebSocketRole.Server);
        using WebSocketMessageReader reader = new(transport.Input, writer, WebSocketRole.Server);
        while (await reader.ReadAsync(_end.Token))
        {
            ScriptedCommand command = ScriptedCommand.Read(reader.Message, writer);
            _seen.Enqueue($"{command.Method} {command.SessionId} {command.Parameters}");
            await (_answers.TryGetValue(command.Method, out Func<ScriptedCommand, Task>? script) ? script(command) : command.AnswerAsync("{}"));
        }

        await writer.DrainAsync(_end.Token);
    }
}
