using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Viper.Cdp.Tests;

public sealed class CdpConnectionTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_Answered_ReturnsResult()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (id, method, session) = await socket.ReceiveAsync();
            await socket.SendAsync($$$"""{"id":{{{id}}},"result":{"said":"{{{method}}} {{{session}}}"}}""");
            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var result = await connection.SendAsync("Page.enable", null, "s1", Cancel).WaitAsync(s_deadline, Cancel);

        Assert.Equal("Page.enable s1", result.GetProperty("said").GetString());
        Assert.Equal(0, connection.PendingCount);
    }

    [Fact]
    public async Task SendAsync_AnsweredOutOfOrder_EachGetsItsOwn()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            List<int> ids = [];
            for (var i = 0; i < 50; i++)
            {
                ids.Add((await socket.ReceiveAsync()).Id);
            }

            ids.Reverse();
            foreach (var id in ids)
            {
                await socket.SendAsync($$$"""{"id":{{{id}}},"result":{"id":{{{id}}}}}""");
            }

            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var calls = Enumerable.Range(1, 50).Select(_ => connection.SendAsync("A.b", null, null, Cancel)).ToArray();
        var results = await Task.WhenAll(calls).WaitAsync(s_deadline, Cancel);

        Assert.Equal(Enumerable.Range(1, 50), results.Select(result => result.GetProperty("id").GetInt32()));
    }

    [Fact]
    public async Task SendAsync_ErrorAnswer_ThrowsWithCodeMethodAndData()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (id, _, _) = await socket.ReceiveAsync();
            await socket.SendAsync($$$"""{"id":{{{id}}},"error":{"code":-32601,"message":"no such","data":"more"}}""");
            await socket.AnswerAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var error = await Assert.ThrowsAsync<CdpProtocolException>(() => connection.SendAsync("X.y", null, null, Cancel).WaitAsync(s_deadline, Cancel));

        Assert.Equal((-32601, "X.y", "no such", "more"), (error.Code, error.Method, error.ErrorText, error.ErrorData));
        await connection.SendAsync("Still.usable", null, null, Cancel).WaitAsync(s_deadline, Cancel);
    }

    [Fact]
    public async Task SendAsync_Cancelled_FreesItsPlaceAndItsLateAnswerReachesNobody()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (first, _, _) = await socket.ReceiveAsync();
            await cancelled.Task;
            var (second, _, _) = await socket.ReceiveAsync();
            await socket.SendAsync($$$"""{"id":{{{first}}},"result":{"of":"first"}}""");
            await socket.SendAsync($$$"""{"id":{{{second}}},"result":{"of":"second"}}""");
            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);
        using var impatience = new CancellationTokenSource();

        var first = connection.SendAsync("A.slow", null, null, impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(s_deadline, Cancel));
        Assert.Equal(0, connection.PendingCount);
        cancelled.SetResult();
        var second = await connection.SendAsync("A.next", null, null, Cancel).WaitAsync(s_deadline, Cancel);

        Assert.Equal("second", second.GetProperty("of").GetString());
    }

    [Fact]
    public async Task SendAsync_ServerCloses_EveryCallFailsWithTheCodeAndReason()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            await socket.ReceiveAsync();
            await socket.ReceiveAsync();
            await socket.Socket.CloseOutputAsync((WebSocketCloseStatus)4010, "browser_restarted", Cancel);
            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var calls = new[] { connection.SendAsync("A.a", null, null, Cancel), connection.SendAsync("A.b", null, "s", Cancel) };

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<CdpClosedException>(() => call.WaitAsync(s_deadline, Cancel));
            Assert.Equal(4010, error.CloseCode);
            Assert.Contains("browser_restarted", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(4010, (await connection.Closed.WaitAsync(s_deadline, Cancel)).CloseCode);
        await Assert.ThrowsAsync<CdpClosedException>(() => connection.SendAsync("A.late", null, null, Cancel));
    }

    [Fact]
    public async Task SendAsync_ConnectionBreaks_FailsWithoutCode()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            await socket.ReceiveAsync();
            socket.Socket.Abort();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var error = await Assert.ThrowsAsync<CdpClosedException>(() => connection.SendAsync("A.a", null, null, Cancel).WaitAsync(s_deadline, Cancel));

        Assert.Null(error.CloseCode);
    }

    [Fact]
    public async Task DisposeAsync_CallWaiting_FailsIt()
    {
        await using var server = ScriptedServer.WithSocket(socket => socket.IgnoreAllAsync());
        var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);
        var call = connection.SendAsync("A.a", null, null, Cancel);

        await connection.DisposeAsync();

        var error = await Assert.ThrowsAsync<CdpClosedException>(() => call.WaitAsync(s_deadline, Cancel));
        Assert.Contains("by this program", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"method":"Target.detachedFromTarget","params":{"sessionId":"s1"}}""", false)]
    [InlineData("""{"method":"Inspector.targetCrashed","sessionId":"s1","params":{}}""", true)]
    public async Task SendAsync_SessionEnds_FailsThatSessionsCallsAlone(string ending, bool crashed)
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            await socket.ReceiveAsync();
            var (other, _, _) = await socket.ReceiveAsync();
            await socket.SendAsync(ending);
            await socket.SendAsync($$$"""{"id":{{{other}}},"result":{}}""");
            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);
        using var events = connection.Subscribe("Page.any", "s1");

        var lost = connection.SendAsync("A.a", null, "s1", Cancel);
        var kept = connection.SendAsync("A.a", null, "s2", Cancel);

        var error = await Assert.ThrowsAsync<CdpSessionClosedException>(() => lost.WaitAsync(s_deadline, Cancel));
        Assert.Equal(("s1", crashed), (error.SessionId, error.HasCrashed));
        await kept.WaitAsync(s_deadline, Cancel);
        await Assert.ThrowsAsync<CdpSessionClosedException>(async () =>
        {
            await foreach (var _ in events.ReadAllAsync(Cancel))
            {
            }
        });
    }

    [Fact]
    public async Task Subscribe_EventsOfSeveralSessions_DeliversItsOwnInOrder()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            await socket.ReceiveAsync();
            for (var i = 0; i < 100; i++)
            {
                await socket.SendAsync($$$"""{"method":"A.happened","sessionId":"s{{{i % 2}}}","params":{"n":{{{i}}}}}""");
                await socket.SendAsync($$$"""{"method":"A.other","sessionId":"s1","params":{"n":{{{i}}}}}""");
            }

            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);
        using var events = connection.Subscribe("A.happened", "s1");
        _ = connection.SendAsync("A.start", null, null, Cancel);

        List<int> seen = [];
        await foreach (var next in events.ReadAllAsync(Cancel))
        {
            seen.Add(next.Parameters.GetProperty("n").GetInt32());
            if (seen.Count == 50)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (i * 2) + 1), seen);
    }

    [Fact]
    public async Task Subscribe_ReaderFallsBehind_EndsWithOverflowAfterWhatFitted()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (id, _, _) = await socket.ReceiveAsync();
            for (var i = 0; i <= CdpSubscription.Capacity; i++)
            {
                await socket.SendAsync("""{"method":"A.flood","params":{}}""");
            }

            await socket.SendAsync($$$"""{"id":{{{id}}},"result":{}}""");
            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);
        using var events = connection.Subscribe("A.flood");
        await connection.SendAsync("A.start", null, null, Cancel).WaitAsync(s_deadline, Cancel);

        var count = 0;
        var error = await Assert.ThrowsAsync<CdpOverflowException>(async () =>
        {
            await foreach (var _ in events.ReadAllAsync(Cancel))
            {
                count++;
            }
        });

        Assert.Equal((CdpSubscription.Capacity, "A.flood"), (count, error.Method));
    }

    [Fact]
    public async Task ReceiveAsync_FragmentsWithPingBetween_MakesOneMessageAndAnswersThePing()
    {
        var pong = new TaskCompletionSource<byte[]>();
        await using var server = ScriptedServer.WithStream(async (stream, cancel) =>
        {
            // The command's frame is read first, so that its answer cannot come before it.
            var command = new byte[2];
            await stream.ReadExactlyAsync(command, cancel);
            await stream.ReadExactlyAsync(new byte[4 + (command[1] & 0x7f)], cancel);
            var message = Encoding.UTF8.GetBytes("""{"id":1,"result":{"text":"hello"}}""");
            byte[] first = [0x01, 5, .. message[..5]];
            byte[] ping = [0x89, 3, 1, 2, 3];
            byte[] last = [0x80, (byte)(message.Length - 5), .. message[5..]];
            foreach (var octet in (byte[])[.. first, .. ping, .. last])
            {
                await stream.WriteAsync(new[] { octet }, cancel);
            }

            var answer = new byte[9];
            await stream.ReadExactlyAsync(answer, cancel);
            pong.SetResult([answer[0], (byte)(answer[6] ^ answer[2]), (byte)(answer[7] ^ answer[3]), (byte)(answer[8] ^ answer[4])]);
            await stream.CopyToAsync(Stream.Null, cancel);
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var result = await connection.SendAsync("A.a", null, null, Cancel).WaitAsync(s_deadline, Cancel);

        Assert.Equal("hello", result.GetProperty("text").GetString());
        Assert.Equal([0x8a, 1, 2, 3], await pong.Task.WaitAsync(s_deadline, Cancel));
    }

    [Fact]
    public async Task SendAsync_TwentyMegabytesEachWay_ArriveWhole()
    {
        var big = new string('x', 20 * 1024 * 1024);
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (id, _, _) = await socket.ReceiveAsync();
            await socket.SendAsync($$$"""{"id":{{{id}}},"result":{"text":"{{{big}}}"}}""");
            await socket.IgnoreAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var result = await connection.SendAsync("A.a", writer => writer.WriteString("text", big), null, Cancel).WaitAsync(s_deadline, Cancel);

        Assert.Equal(big.Length, result.GetProperty("text").GetString()!.Length);
    }

    public static TheoryData<string, byte[]> Malice() => new()
    {
        { "masked frame", [0x81, 0x82, 1, 2, 3, 4, 5, 6] },
        { "reserved bit", [0xc1, 0] },
        { "reserved opcode", [0x83, 0] },
        { "binary message", [0x82, 1, 0] },
        { "continuation of nothing", [0x80, 0] },
        { "text within a fragmented text", [0x01, 1, 0x7b, 0x81, 1, 0x7d] },
        { "fragmented ping", [0x09, 0] },
        { "long ping", [0x89, 126, 0, 126] },
        { "length beyond the limit", [0x81, 127, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff] },
        { "length with the top bit", [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0] },
        { "not JSON", [0x81, 3, (byte)'a', (byte)'b', (byte)'c'] },
        { "invalid UTF-8 in the method", [0x81, 14, .. "{\"method\":\""u8, 0xff, (byte)'"', (byte)'}'] },
        { "an array", [0x81, 2, (byte)'[', (byte)']'] },
        { "two documents", [0x81, 4, .. "{}{}"u8] },
    };

    [Theory]
    [MemberData(nameof(Malice))]
    public async Task Closed_HostileServer_EndsWithATypedReason(string what, byte[] bytes)
    {
        await using var server = ScriptedServer.WithBytes(bytes);
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var reason = await connection.Closed.WaitAsync(s_deadline, Cancel);

        Assert.StartsWith("Chrome sent", reason.Message, StringComparison.Ordinal);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task Dispatch_UnknownIdsAndEmptyMessages_AreIgnored()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            await socket.SendAsync("""{"id":4711,"result":{}}""");
            await socket.SendAsync("""{"id":-1,"error":{"code":1}}""");
            await socket.SendAsync("{}");
            await socket.SendAsync("""{"method":"A.b"}""");
            await socket.AnswerAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        var result = await connection.SendAsync("A.a", null, null, Cancel).WaitAsync(s_deadline, Cancel);

        Assert.Equal(JsonValueKind.Object, result.ValueKind);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("wss://127.0.0.1:1/")]
    public async Task ConnectAsync_OtherScheme_IsAnArgumentError(string address) =>
        await Assert.ThrowsAsync<ArgumentException>(() => CdpConnection.ConnectAsync(new Uri(address), Cancel));

    [Fact]
    public async Task ConnectAsync_NobodyListens_ThrowsClosed() =>
        await Assert.ThrowsAsync<CdpClosedException>(() => CdpConnection.ConnectAsync(new Uri("ws://127.0.0.1:1/"), Cancel));

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "404")]
    [InlineData("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {0}\r\n\r\n", "does not switch")]
    [InlineData("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n", "does not belong")]
    [InlineData("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {0}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", "not offered")]
    public async Task ConnectAsync_WrongHandshake_ThrowsWithTheReason(string answer, string reason)
    {
        await using var server = ScriptedServer.WithAnswer(key => answer.Replace("{0}", ScriptedServer.Accept(key), StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<CdpClosedException>(() => CdpConnection.ConnectAsync(server.Uri, Cancel).WaitAsync(s_deadline, Cancel));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_EndlessAnswer_ThrowsAfterTheLimit()
    {
        await using var server = ScriptedServer.WithAnswer(_ => "HTTP/1.1 101 X\r\nA: " + new string('a', 20_000));

        await Assert.ThrowsAsync<CdpClosedException>(() => CdpConnection.ConnectAsync(server.Uri, Cancel).WaitAsync(s_deadline, Cancel));
    }

    [Theory]
    [InlineData(CdpThreading.Shared)]
    [InlineData(CdpThreading.Dedicated)]
    public async Task ConnectAsync_NoAnswer_ThrowsAtItsDeadline(CdpThreading threading)
    {
        await using var server = ScriptedServer.WithAnswer(_ => string.Empty);
        var options = new CdpConnectionOptions { ConnectTimeout = TimeSpan.FromMilliseconds(20), Threading = threading };

        var error = await Assert.ThrowsAsync<CdpTimeoutException>(() => CdpConnection.ConnectAsync(server.Uri, options, Cancel).WaitAsync(s_deadline, Cancel));

        Assert.Contains(server.Uri.Authority, error.Operation, StringComparison.Ordinal);
        Assert.Equal(options.ConnectTimeout, error.Timeout);
    }

    [Fact]
    public async Task Discovery_NoAnswer_ThrowsAtItsDeadline()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var discovery = new CdpDiscovery(silent.LocalEndpoint);

        var error = await Assert.ThrowsAsync<CdpTimeoutException>(() => discovery.ConnectAsync(
            new CdpConnectionOptions { ConnectTimeout = TimeSpan.FromMilliseconds(20) }, Cancel).WaitAsync(s_deadline, Cancel));

        Assert.Contains("/json/version", error.Operation, StringComparison.Ordinal);
    }
}
