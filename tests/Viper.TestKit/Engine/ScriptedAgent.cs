using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Viper.TestKit.Engine;

/// <summary>An agent as a VM would run it, on a loopback port: plain HTTP/1.1 and WebSockets over sockets, nothing in between.</summary>
public sealed class ScriptedAgent : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;
    private int _isDisposed;

    /// <summary>Starts to listen.</summary>
    public ScriptedAgent(string token)
    {
        Token = token;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    /// <summary>The secret that it asks for.</summary>
    public string Token { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Every request's head, as it came.</summary>
    public ConcurrentQueue<string> Heads { get; } = [];

    /// <summary>Answers plain requests: path to status, type and body.</summary>
    public ConcurrentDictionary<string, AgentAnswer> Answers { get; } = [];

    /// <summary>What happens on a WebSocket after its handshake; echoes messages where not set.</summary>
    public Func<AgentWebSocket, CancellationToken, Task> OnSocket { get; set; } = static (socket, token) => socket.EchoAsync(token);

    /// <summary>The raw answer to a WebSocket handshake in place of 101; null to accept.</summary>
    public string? HandshakeAnswer { get; set; }

    /// <summary>Bytes that go out in one piece with the 101.</summary>
    public byte[] FirstBytes { get; set; } = [];

    /// <summary>Whether connections are accepted and then ignored.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Sets the answers of a headless Chrome at this address.</summary>
    public ScriptedAgent WithChrome()
    {
        string at = EndPoint.ToString();
        Answers["/status"] = AgentAnswer.Json("""{"ok":true}""");
        Answers["/json/version"] = AgentAnswer.Json(
            $$"""{"Browser":"HeadlessChrome/156.0","Protocol-Version":"1.3","webSocketDebuggerUrl":"ws://{{at}}/devtools/browser/b0a8-11"}""");
        Answers["/json/list"] = Answers["/json"] = AgentAnswer.Json(
            $$"""[{"id":"P1","type":"page","url":"about:blank","devtoolsFrontendUrl":"https://frontend.invalid/?ws={{at}}","webSocketDebuggerUrl":"ws://{{at}}/devtools/page/P1"}]""");
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        await _over.CancelAsync();
        _listener.Dispose();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync(_over.Token);
                socket.NoDelay = true;
                _sockets.Add(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using NetworkStream stream = new(socket, ownsSocket: true);
            while (!IsDeaf && await ReadHeadAsync(stream) is { } head)
            {
                Heads.Enqueue(head);
                if (!await AnswerAsync(stream, socket, head))
                {
                    return;
                }
            }

            await Task.Delay(Timeout.Infinite, _over.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The caller left.
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, Socket socket, string head)
    {
        if (!head.Contains($"Authorization: Bearer {Token}\r\n", StringComparison.Ordinal))
        {
            await WriteAsync(stream, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n");
            return true;
        }

        if (head.Contains("Upgrade: websocket\r\n", StringComparison.OrdinalIgnoreCase))
        {
            string key = Header(head, "Sec-WebSocket-Key")!;
            byte[] answer = Encoding.ASCII.GetBytes(HandshakeAnswer ??
                $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {WebSocketFrames.AcceptOf(key)}\r\n\r\n");
            await stream.WriteAsync((byte[])[.. answer, .. FirstBytes], _over.Token);
            if (HandshakeAnswer is null)
            {
                await OnSocket(new AgentWebSocket(stream, socket), _over.Token);
            }

            return false;
        }

        string target = head.Split(' ')[1];
        string path = target.Split('?')[0];
        byte[] body = await ReadBodyAsync(stream, head);
        AgentAnswer given = Answers.TryGetValue(path, out AgentAnswer? found) || Answers.TryGetValue(path.TrimEnd('/'), out found) ? found
            : path == "/echo" ? new AgentAnswer(200, "application/octet-stream", body)
            : new AgentAnswer(404, "text/plain", "nothing here"u8.ToArray());
        if (given.Raw is not null)
        {
            await given.Raw(stream, _over.Token);
            return false;
        }

        string extra = given.Headers.Length == 0 ? "" : given.Headers + "\r\n";
        await WriteAsync(stream, $"HTTP/1.1 {given.Status} Answer\r\nContent-Type: {given.Type}\r\nContent-Length: {given.Body.Length}\r\n{extra}\r\n");
        if (!head.StartsWith("HEAD ", StringComparison.Ordinal))
        {
            await stream.WriteAsync(given.Body, _over.Token);
        }

        return true;
    }

    private async Task<byte[]> ReadBodyAsync(NetworkStream stream, string head)
    {
        if (Header(head, "Transfer-Encoding") is not null)
        {
            using MemoryStream whole = new();
            while (true)
            {
                int size = Convert.ToInt32(await ReadLineAsync(stream), 16);
                byte[] chunk = new byte[size];
                await stream.ReadExactlyAsync(chunk, _over.Token);
                await ReadLineAsync(stream);
                if (size == 0)
                {
                    return whole.ToArray();
                }

                whole.Write(chunk);
            }
        }

        byte[] body = new byte[int.Parse(Header(head, "Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _over.Token);
        return body;
    }

    private async Task<string> ReadLineAsync(NetworkStream stream)
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one, _over.Token);
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }
    }

    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, _over.Token) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                return head.ToString();
            }
        }

        return null;
    }

    private Task WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), _over.Token).AsTask();

    private static string? Header(string head, string name) => head.Split("\r\n")
        .FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
