using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Relay;

public sealed class SocketRelayTests
{
    private const string Path = "/api/v1/vms/a/agent/devtools/browser/default";

    [Fact]
    public async Task Handshake_ToTheAgent_IsRebuiltWithoutExtensions()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream stream = await daemon.ConnectAsync();

        string answer = await RawExchange.UpgradeAsync(stream, Path + "?x=1", "localhost", $"Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin: {daemon.TcpBase}\r\nCookie: a=b\r\n");

        string head = Assert.Single(daemon.Agent.Heads);
        Assert.StartsWith("HTTP/1.1 101 ", answer, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Extensions", answer, StringComparison.Ordinal);
        Assert.Equal(
            $"GET /devtools/browser/default?x=1 HTTP/1.1\r\nHost: {daemon.Agent.EndPoint}\r\nAuthorization: Bearer {daemon.Engine.AgentToken}\r\n" +
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            head);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    public async Task Message_OfTwentyMegabytes_PassesBothWaysByteForByte(string transport)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        using ClientWebSocket socket = await ConnectAsync(daemon, transport);
        byte[] message = new byte[20 * 1024 * 1024];
        new Random(11).NextBytes(message);

        Task sending = socket.SendAsync(message, WebSocketMessageType.Binary, true, DaemonHarness.Deadline);
        byte[] echoed = await ReceiveAsync(socket);
        await sending;

        Assert.True(message.AsSpan().SequenceEqual(echoed));
    }

    [Fact]
    public async Task Close_ByTheClient_PassesCodeAndReasonBothWays()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        using ClientWebSocket socket = await ConnectAsync(daemon, "tcp");

        await socket.CloseAsync((WebSocketCloseStatus)4321, "my own reason", DaemonHarness.Deadline);

        Assert.Equal((4321, "my own reason"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Close_ByTheAgent_PassesAsItIs()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        daemon.Agent.OnSocket = (socket, token) => socket.SendRawAsync(CloseFrame(4010, "browser_restarted"), token);
        using ClientWebSocket socket = await ConnectAsync(daemon, "tcp");

        await ReceiveAsync(socket);

        Assert.Equal((4010, "browser_restarted"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Theory]
    [InlineData("delete", 4004, "vm_deleted")]
    [InlineData("crash", 4008, "vm_crashed")]
    [InlineData("idle", 4001, "idle_timeout")]
    [InlineData("lifetime", 4002, "max_lifetime")]
    [InlineData("stop", 1001, "vm_stopping")]
    [InlineData("daemon", 1001, "shutting_down")]
    public async Task Run_Ends_ClosesWithItsReason(string how, int code, string reason)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        using ClientWebSocket socket = await ConnectAsync(daemon, "tcp");
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, DaemonHarness.Deadline);
        byte[] buffer = new byte[5];
        await socket.ReceiveAsync(buffer, DaemonHarness.Deadline);

        Task ending = how switch
        {
            "delete" => daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline),
            "idle" => Task.Run(() => daemon.Engine.EndByTimer("a", EndCodes.IdleTimeout), DaemonHarness.Deadline),
            "lifetime" => Task.Run(() => daemon.Engine.EndByTimer("a", EndCodes.MaxLifetime), DaemonHarness.Deadline),
            "crash" => Task.Run(() => daemon.Engine.Crash("a", "killed"), DaemonHarness.Deadline),
            "stop" => daemon.Engine.StopAsync("a", false, DaemonHarness.Deadline),
            _ => daemon.StopAsync(),
        };

        await ReceiveAsync(socket);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, DaemonHarness.Deadline);
        await ending;
        Assert.Equal((code, reason), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Agent_ResetsWhileTheVmRuns_ClosesWithAgentError()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        daemon.Agent.OnSocket = static async (socket, token) =>
        {
            await WebSocketFrames.ReadAsync(socket.Stream, token);
            socket.Reset();
        };
        using ClientWebSocket socket = await ConnectAsync(daemon, "tcp");

        await SendFirstAsync(socket);
        await ReceiveAsync(socket);

        Assert.Equal((1011, "agent_error"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Agent_EndsBeforeTheEngineKnows_ClosesWithTheVmsReason()
    {
        await using DaemonHarness daemon = await ReadyAsync(new ManualTime());
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            await WebSocketFrames.ReadAsync(socket.Stream, token);
            socket.Reset();
            daemon.Engine.Crash("a", "killed");
        };
        using ClientWebSocket socket = await ConnectAsync(daemon, "tcp");

        await SendFirstAsync(socket);
        await ReceiveAsync(socket);

        Assert.Equal((4008, "vm_crashed"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Agent_DiesInTheMiddleOfAFrame_TearsTheConnectionWithoutACloseFrame()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        byte[] half = WebSocketFrames.Make(2, new byte[1000], isMasked: false)[..500];
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            await socket.SendRawAsync(half, token);
            await WebSocketFrames.ReadAsync(socket.Stream, token);
            socket.Reset();
        };
        await using NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, Path, "localhost");
        byte[] seen = new byte[half.Length];
        await stream.ReadExactlyAsync(seen, DaemonHarness.Deadline);
        await stream.WriteAsync(WebSocketFrames.Make(9, [], isMasked: true), DaemonHarness.Deadline);

        byte[] rest = await ReadToEndAsync(stream);

        Assert.Equal(half, seen);
        Assert.Empty(rest);
    }

    [Fact]
    public async Task Run_EndsBetweenTheFramesOfAMessage_ClosesAtTheBoundary()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        byte[] fragment = WebSocketFrames.Make(1, "part"u8, isMasked: false, isFinal: false);
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            await socket.SendRawAsync(fragment, token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, Path, "localhost");
        (byte Head, byte[] Payload)? first = await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline);

        daemon.Engine.Crash("a", "killed");
        byte[] rest = await ReadToEndAsync(stream);

        Assert.Equal("part", Encoding.ASCII.GetString(first!.Value.Payload));
        Assert.Equal(CloseFrame(4008, "vm_crashed"), rest);
    }

    [Fact]
    public async Task Run_EndsInsideAFrameThatIsStillComing_ClosesBehindIt()
    {
        await using DaemonHarness daemon = await ReadyAsync(new ManualTime());
        byte[] frame = WebSocketFrames.Make(2, new byte[1000], isMasked: false);
        TaskCompletionSource crashed = new();
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            await socket.SendRawAsync(frame[..500], token);
            await crashed.Task;
            await socket.SendRawAsync(frame[500..], token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, Path, "localhost");
        byte[] half = new byte[500];
        await stream.ReadExactlyAsync(half, DaemonHarness.Deadline);

        daemon.Engine.Crash("a", "killed");
        crashed.SetResult();
        byte[] expected = [.. frame, .. CloseFrame(4008, "vm_crashed")];
        byte[] rest = new byte[expected.Length - half.Length];
        await stream.ReadExactlyAsync(rest, DaemonHarness.Deadline);

        Assert.Equal(expected, (byte[])[.. half, .. rest]);
    }

    [Fact]
    public async Task Agent_SendsBehindItsHandshake_NothingIsLost()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        daemon.Agent.FirstBytes = WebSocketFrames.Make(1, "early"u8, isMasked: false);
        using ClientWebSocket socket = await ConnectAsync(daemon, "tcp");
        byte[] buffer = new byte[5];

        await socket.ReceiveAsync(buffer, DaemonHarness.Deadline);

        Assert.Equal("early"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_HoldsTheAgentBack()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        long sent = 0;
        TaskCompletionSource<long> stuck = new();
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            byte[] frame = WebSocketFrames.Make(2, new byte[1024 * 1024], isMasked: false);
            for (int i = 0; i < 256; i++)
            {
                Task write = socket.SendRawAsync(frame, token);
                if (await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(1), token)) != write)
                {
                    stuck.TrySetResult(sent);
                }

                await write;
                sent += frame.Length;
            }
        };
        await using NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, Path, "localhost");

        // What the kernel's four socket buffers take is all that can be under way.
        long under = await stuck.Task.WaitAsync(DaemonHarness.Deadline);
        daemon.Engine.Crash("a", "killed");
        byte[] drain = new byte[1024 * 1024];
        long read = 0;
        try
        {
            int n;
            while ((n = await stream.ReadAsync(drain, DaemonHarness.Deadline)) > 0)
            {
                read += n;
            }
        }
        catch (IOException)
        {
            // Torn: the caller had not taken the rest in time.
        }

        Assert.InRange(under, 1, 64L * 1024 * 1024);
        Assert.InRange(read, 1, 256L * 1024 * 1024);
    }

    [Fact]
    public async Task Client_Leaves_ReleasesTheAgent()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        TaskCompletionSource released = new();
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            await WebSocketFrames.ReadAsync(socket.Stream, token);
            released.SetResult();
        };
        NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, Path, "localhost");

        await stream.DisposeAsync();

        await released.Task.WaitAsync(DaemonHarness.Deadline);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, ProblemCodes.NotFound)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: wrong\r\n\r\n", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("nonsense\r\n\r\n", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 4", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Type: application/problem+json\r\nContent-Length: 66\r\n\r\n{\"type\":\"t\",\"title\":\"T\",\"status\":503,\"detail\":\"d\",\"code\":\"restart\"}", 502, ProblemCodes.AgentUnreachable)]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Type: application/problem+json\r\nContent-Length: 67\r\n\r\n{\"type\":\"t\",\"title\":\"T\",\"status\":503,\"detail\":\"d\",\"code\":\"restart\"}", 503, "restart")]
    public async Task Handshake_AgentRefuses_AnswersProblem(string answer, int status, string code)
    {
        await using DaemonHarness daemon = await ReadyAsync();
        daemon.Agent.HandshakeAnswer = answer;
        await using NetworkStream stream = await daemon.ConnectAsync();

        string head = await RawExchange.UpgradeAsync(stream, Path, "localhost");

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json\r\n", head, StringComparison.Ordinal);
        int length = int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"\"code\":\"{code}\"", await RawExchange.ReadTextAsync(stream, length), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426)]
    [InlineData("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n", 400)]
    [InlineData("Sec-WebSocket-Version: 13\r\n", 400)]
    public async Task Handshake_CallersIsWrong_AnswersProblem(string headers, int status)
    {
        await using DaemonHarness daemon = await ReadyAsync();

        string answer = await RawExchange.SendAsync(daemon, $"GET {Path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n{headers}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Empty(daemon.Agent.Heads);
    }

    [Theory]
    [InlineData("starting", 503)]
    [InlineData("stopped", 409)]
    [InlineData("gone", 404)]
    public async Task Handshake_VmIsNotThere_AnswersProblem(string state, int status)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        await (state switch
        {
            "stopped" => daemon.Engine.StopAsync("a", true, DaemonHarness.Deadline),
            "gone" => daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline),
            _ => Task.CompletedTask,
        });
        await using NetworkStream stream = await daemon.ConnectAsync();

        string head = await RawExchange.UpgradeAsync(stream, Path, "localhost");

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
    }

    // With a time of their own, tests of what happens within a moment do not depend on how fast the machine is.
    private static async Task<DaemonHarness> ReadyAsync(TimeProvider? time = null)
    {
        DaemonHarness daemon = await DaemonHarness.StartAsync(time: time);
        await daemon.CreateAsync("a");
        return daemon;
    }

    private static async Task<ClientWebSocket> ConnectAsync(DaemonHarness daemon, string transport)
    {
        ClientWebSocket socket = new();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using HttpMessageInvoker invoker = new(transport == "tcp"
            ? new SocketsHttpHandler { UseProxy = false }
            : new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (_, token) =>
                {
                    Socket unix = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await unix.ConnectAsync(new UnixDomainSocketEndPoint(daemon.SocketPath), token);
                    return new NetworkStream(unix, ownsSocket: true);
                },
            });
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{daemon.Tcp.Port}{Path}"), invoker, DaemonHarness.Deadline);
        return socket;
    }

    // A reset that comes with the handshake's answer would take that away: the agent waits until its answer has arrived.
    private static async Task SendFirstAsync(ClientWebSocket socket) =>
        await socket.SendAsync("first"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, DaemonHarness.Deadline);

    // One whole message, or everything up to the close frame.
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

    private static async Task<byte[]> ReadToEndAsync(NetworkStream stream)
    {
        using MemoryStream rest = new();
        try
        {
            await stream.CopyToAsync(rest, DaemonHarness.Deadline);
        }
        catch (IOException)
        {
            // A torn connection is an end too.
        }

        return rest.ToArray();
    }

    private static byte[] CloseFrame(ushort code, string reason)
    {
        byte[] payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        Encoding.ASCII.GetBytes(reason, payload.AsSpan(2));
        return WebSocketFrames.Make(8, payload, isMasked: false);
    }
}
