using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Cli.Tests;

public sealed class ForwardTests
{
    [Fact]
    public async Task Discovery_OverTheForwardedPort_NamesThatPort()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);
        using HttpClient http = new();

        using JsonDocument version = JsonDocument.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/version/", DaemonHarness.Deadline));
        using JsonDocument list = JsonDocument.Parse(await http.GetStringAsync($"http://localhost:{port}/json/list?t=1", DaemonHarness.Deadline));

        Assert.Equal($"ws://127.0.0.1:{port}/devtools/browser/b0a8-11", version.RootElement.GetProperty("webSocketDebuggerUrl").GetString());
        Assert.Equal($"ws://localhost:{port}/devtools/page/P1", list.RootElement[0].GetProperty("webSocketDebuggerUrl").GetString());
        Assert.False(list.RootElement[0].TryGetProperty("devtoolsFrontendUrl", out _));
    }

    [Fact]
    public async Task WebSocket_OverTheForwardedPort_EchoesTwentyMegabytes()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);
        using ClientWebSocket socket = new();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/devtools/browser/b0a8-11"), DaemonHarness.Deadline);
        byte[] message = new byte[20 * 1024 * 1024];
        new Random(3).NextBytes(message);

        Task sending = socket.SendAsync(message, WebSocketMessageType.Binary, true, DaemonHarness.Deadline);
        byte[] echoed = await ReceiveAsync(socket);
        await sending;
        await socket.CloseAsync((WebSocketCloseStatus)4321, "done", DaemonHarness.Deadline);

        Assert.True(message.AsSpan().SequenceEqual(echoed));
        Assert.Equal((4321, "done"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task WebSocket_ByHand_PassesBytesBehindTheHandshake()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);
        using Socket raw = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await raw.ConnectAsync(IPAddress.Loopback, port, DaemonHarness.Deadline);
        await using NetworkStream stream = new(raw, ownsSocket: false);
        byte[] handshake = Encoding.ASCII.GetBytes(
            $"GET /devtools/page/P1 HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");

        // The first frame in the same piece as the handshake.
        await stream.WriteAsync((byte[])[.. handshake, .. WebSocketFrames.Make(1, "early"u8, isMasked: true)], DaemonHarness.Deadline);
        string head = await RawExchange.ReadHeadAsync(stream);
        (byte Head, byte[] Payload)? frame = await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline);

        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", head);
        Assert.Equal("early", Encoding.ASCII.GetString(frame!.Value.Payload));
    }

    [Theory]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: evil.example:{0}\r\n\r\n", 403, "forbidden_host")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", 403, "forbidden_host")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 403, "forbidden_host")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: http://evil.example\r\n\r\n", 403, "forbidden_origin")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: null\r\n\r\n", 403, "forbidden_origin")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: http://127.0.0.1:7777\r\n\r\n", 403, "forbidden_origin")]
    [InlineData("GET /devtools/browser/x HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://evil.example\r\n\r\n", 403, "forbidden_origin")]
    [InlineData("GET /devtools/browser/x HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400, "validation_failed")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 404, "not_found")]
    [InlineData("GET /status HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 404, "not_found")]
    [InlineData("GET /api/v1/vms HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 404, "not_found")]
    [InlineData("GET /json/../status HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 404, "not_found")]
    [InlineData("GET /json/close/../../status HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 404, "not_found")]
    [InlineData("GET /devtools/browser/x HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 404, "not_found")]
    [InlineData("GET http://127.0.0.1/json HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", 400, "validation_failed")]
    [InlineData("GET /json/version HTTP/1.1\r\n\r\n", 400, "validation_failed")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nHost: 127.0.0.1:{0}\r\n\r\n", 400, "validation_failed")]
    [InlineData("GET /json/version HTTP/1.1\nHost: 127.0.0.1:{0}\n\r\n\r\n", 400, "validation_failed")]
    [InlineData("GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nX : y\r\n\r\n", 400, "validation_failed")]
    [InlineData("GET /json/version HTTP/1.0\r\nHost: 127.0.0.1:{0}\r\n\r\n", 400, "validation_failed")]
    [InlineData("PUT /json/new HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413, "payload_too_large")]
    public async Task Request_NotThisVmsDevTools_IsRefusedAsProblem(string request, int status, string code)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);

        string answer = await ExchangeAsync(port, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
        Assert.Empty(daemon.Agent.Heads);
    }

    [Fact]
    public async Task Requests_OnOneConnection_AreAnsweredInTurn()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        daemon.Agent.Answers["/json/new"] = AgentAnswer.Json("""{"id":"P2","webSocketDebuggerUrl":"ws://x/devtools/page/P2"}""");
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);

        string answer = await ExchangeAsync(
            port,
            "PUT /json/new?about:blank HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nContent-Length: 3\r\n\r\nxyzGET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nConnection: close\r\n\r\n");

        Assert.Contains($"ws://127.0.0.1:{port}/devtools/page/P2", answer, StringComparison.Ordinal);
        Assert.Contains($"ws://127.0.0.1:{port}/devtools/browser/b0a8-11", answer, StringComparison.Ordinal);
        Assert.Equal(["PUT /json/new?about:blank", "GET /json/version"], daemon.Agent.Heads.Select(h => h.Split(" HTTP")[0]));
    }

    [Theory]
    [InlineData("crash", 4008, "vm_crashed")]
    [InlineData("delete", 4004, "vm_deleted")]
    [InlineData("stop", 1001, "vm_stopping")]
    public async Task Vm_Ends_SocketsGetTheReasonAndTheProgramEnds(string how, int code, string reason)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/devtools/browser/b"), DaemonHarness.Deadline);

        Task ending = how switch
        {
            "crash" => Task.Run(() => daemon.Engine.Crash("a", "killed"), DaemonHarness.Deadline),
            "delete" => daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline),
            _ => daemon.Engine.StopAsync("a", true, DaemonHarness.Deadline),
        };
        await ReceiveAsync(socket);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, DaemonHarness.Deadline);
        await ending;
        (int exit, string _, string errors) = await run.FinishAsync();

        Assert.Equal((code, reason, 0), ((int)socket.CloseStatus!, socket.CloseStatusDescription, exit));
        Assert.Contains("VM 'a'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vm_IsStopped_IsAConflictAndNoPortIsServed()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await daemon.Engine.StopAsync("a", true, DaemonHarness.Deadline);
        await using CliRun run = Start(daemon);

        (int exit, string output, string errors) = await run.FinishAsync();

        Assert.Equal((4, ""), (exit, output));
        Assert.Contains("viper vms start a", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task Signal_WhileServing_EndsTheProgram(string signal)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = Start(daemon);
        int port = await PortAsync(run);

        await run.SignalAsync(signal);

        Assert.Equal(130, (await run.FinishAsync()).Exit);
        using Socket raw = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAnyAsync<SocketException>(() => raw.ConnectAsync(IPAddress.Loopback, port, DaemonHarness.Deadline).AsTask());
    }

    [Fact]
    public async Task Port_Taken_ExitsOne()
    {
        await using DaemonHarness daemon = await ReadyAsync();

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "forward", "a", "--port", daemon.Tcp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains($"Port {daemon.Tcp.Port}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_OnceListening_IsOneDocument()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "forward", "a", "--json");

        using JsonDocument line = JsonDocument.Parse((await run.Output.ReadLineAsync(DaemonHarness.Deadline))!);

        Assert.Equal("a", line.RootElement.GetProperty("vm").GetString());
        Assert.Equal($"http://127.0.0.1:{line.RootElement.GetProperty("port").GetInt32()}", line.RootElement.GetProperty("url").GetString());
    }

    private static async Task<DaemonHarness> ReadyAsync()
    {
        DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        return daemon;
    }

    private static CliRun Start(DaemonHarness daemon) => CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "forward", "a");

    private static async Task<int> PortAsync(CliRun run)
    {
        string line = await run.Output.ReadLineAsync(DaemonHarness.Deadline) ?? throw new InvalidOperationException(run.Errors);
        Assert.StartsWith("http://127.0.0.1:", line, StringComparison.Ordinal);
        return new Uri(line).Port;
    }

    private static async Task<string> ExchangeAsync(int port, string request)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, DaemonHarness.Deadline);
        await using NetworkStream stream = new(socket, ownsSocket: false);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request.Replace("{0}", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)), DaemonHarness.Deadline);
        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(DaemonHarness.Deadline);
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, DaemonHarness.Deadline);
            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }
}
