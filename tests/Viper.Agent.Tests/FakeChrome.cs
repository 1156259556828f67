using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Viper.Agent.Tests;

/// <summary>
/// A stand-in for Chrome: a small script that is the process, and a server that is its DevTools address. WebSockets
/// return every byte that they are sent, unless the test takes them.
/// </summary>
internal sealed class FakeChrome : IAsyncDisposable
{
    private const string Script =
        "#!/bin/sh\necho noise\nprintf 'DevTools listening ' >&2\necho 'on ws://127.0.0.1:{port}/devtools/browser/x' >&2\nexec sleep 1000000\n";

    internal const string Product = "HeadlessChrome/156.0.1.2";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;

    /// <param name="folder">Where the script goes.</param>
    /// <param name="script">The script, with the server's port as {port}; null for one that listens at once.</param>
    internal FakeChrome(TempFolder folder, string? script = null)
    {
        _listener.Start();
        Path = folder.Write("chrome", (script ?? Script).Replace("{port}", $"{Port}", StringComparison.Ordinal), executable: true);
        _accepting = AcceptAsync();
    }

    internal string Path { get; }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Gets or sets the id in <c>/devtools/browser/{id}</c>.</summary>
    internal string BrowserId { get; set; } = "browser-1";

    /// <summary>Gets the heads of all requests, in the order they came.</summary>
    internal ConcurrentQueue<string> Heads { get; } = [];

    /// <summary>Gets or sets what a WebSocket does after its handshake.</summary>
    internal Func<Socket, CancellationToken, Task> OnSocket { get; set; } = EchoAsync;

    /// <summary>Gets or sets how the answer to a WebSocket handshake is written.</summary>
    internal Func<Socket, string, CancellationToken, Task> Answer { get; set; } =
        (socket, head, cancel) => SendAsync(socket, head, cancel);

    /// <summary>Resets every connection, as the kernel does for a killed process.</summary>
    internal void Break()
    {
        foreach (var socket in _sockets)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It has ended already.
            }

            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Break();
        _end.Dispose();
    }

    private static async Task EchoAsync(Socket socket, CancellationToken cancel)
    {
        var buffer = new byte[65536];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, cancel)) > 0)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent), cancel);
            }
        }
    }

    private static async Task SendAsync(Socket socket, string text, CancellationToken cancel) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), cancel);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                _sockets.Add(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            var head = await ReadHeadAsync(socket);
            Heads.Enqueue(head);
            var target = head.Split(' ')[1];
            if (target.StartsWith("/devtools/", StringComparison.Ordinal))
            {
                await ServeSocketAsync(socket, target);
                return;
            }

            var (status, body) = Respond(head.Split(' ')[0], target);
            await SendAsync(
                socket,
                string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type:application/json; charset=UTF-8\r\nContent-Length:{body.Length}\r\n\r\n{body}"),
                _end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side has ended.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task ServeSocketAsync(Socket socket, string target)
    {
        if (target.EndsWith("/unknown", StringComparison.Ordinal))
        {
            await SendAsync(socket, "HTTP/1.1 404 Not Found\r\nContent-Length:0\r\n\r\n", _end.Token);
            return;
        }

        await Answer(socket, "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: accepted=\r\n\r\n", _end.Token);
        await OnSocket(socket, _end.Token);
    }

    private (int Status, string Body) Respond(string method, string target) => target switch
    {
        "/json/version" => (200, $$"""{"Browser":"{{Product}}","webSocketDebuggerUrl":"ws://127.0.0.1:{{Port}}/devtools/browser/{{BrowserId}}"}"""),
        "/json/list" => (200, """[{"id":"P1","type":"page","url":"about:blank"},{"id":"W1","type":"worker"},{"id":"P2","type":"page"}]"""),
        "/json/protocol" => (200, "{\"domains\":[]}"),
        _ when target.StartsWith("/json/new", StringComparison.Ordinal) && method == "PUT" => (200, $$"""{"opened":"{{target}}"}"""),
        _ when target.EndsWith("/P1", StringComparison.Ordinal) => (200, "Target activated"),
        _ => (404, "No such target id"),
    };

    private async Task<string> ReadHeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one, _end.Token) == 0)
            {
                throw new OperationCanceledException("The client has gone.");
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
