using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Viper.Cdp.Tests;

/// <summary>A server that does one WebSocket handshake with the platform's cryptography, and then what its script says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    private ScriptedServer(Func<string, byte[]> answer, Func<NetworkStream, CancellationToken, Task> script)
    {
        _listener.Start();
        _serving = ServeAsync(answer, script);
    }

    internal Uri Uri => new($"ws://{_listener.LocalEndpoint}/devtools/browser/1");

    /// <summary>The script speaks through the platform's own WebSocket.</summary>
    internal static ScriptedServer WithSocket(Func<ScriptedSocket, Task> script) =>
        new(Switch, (stream, cancel) => script(new ScriptedSocket(
            WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true }), cancel)));

    /// <summary>The script writes raw bytes behind the handshake, and keeps the connection until the test ends.</summary>
    internal static ScriptedServer WithBytes(params byte[][] pieces) => new(Switch, async (stream, cancel) =>
    {
        foreach (var piece in pieces)
        {
            await stream.WriteAsync(piece, cancel);
        }

        await stream.CopyToAsync(Stream.Null, cancel);
    });

    /// <summary>The script has the raw stream behind the handshake.</summary>
    internal static ScriptedServer WithStream(Func<NetworkStream, CancellationToken, Task> script) => new(Switch, script);

    /// <summary>Answers the handshake with a head of the test's choice.</summary>
    internal static ScriptedServer WithAnswer(Func<string, string> answer) =>
        new(key => Encoding.ASCII.GetBytes(answer(key)), (stream, cancel) => stream.CopyToAsync(Stream.Null, cancel));

    internal static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private static byte[] Switch(string key) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Accept(key)}\r\n\r\n");

    private async Task ServeAsync(Func<string, byte[]> answer, Func<NetworkStream, CancellationToken, Task> script)
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            var stream = client.GetStream();
            var head = await ReadHeadAsync(stream);
            var key = head.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))[19..];
            await stream.WriteAsync(answer(key), _end.Token);
            await script(stream, _end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or WebSocketException or ObjectDisposedException)
        {
            // The client or the test has ended.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, _end.Token);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
