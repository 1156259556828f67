using System.Net.Sockets;
using System.Text;

namespace Viper.Agent.Tests;

public sealed class RelayTests
{
    private const string Handshake =
        $"GET {{0}} HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nAuthorization: Bearer {AgentHarness.Token}\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate\r\nCookie: a=b\r\n\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/devtools/browser/browser-1", "/devtools/browser/browser-1")]
    [InlineData("/devtools/browser/default?ticket=x", "/devtools/browser/browser-1")]
    [InlineData("/devtools/page/P1", "/devtools/page/P1")]
    public async Task Handshake_Path_IsForwardedWithWhatItNeedsAlone(string target, string forwarded)
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        using var socket = await OpenAsync(agent, target);

        Assert.Equal(
            $"GET {forwarded} HTTP/1.1\r\nHost: 127.0.0.1:{agent.Chrome.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            agent.Chrome.Heads.Last());
    }

    [Fact]
    public async Task Handshake_ByteByByteOnBothSides_Works()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        agent.Chrome.Answer = async (socket, head, cancel) =>
        {
            // The first frame leaves with the last byte of the head: it must not be lost.
            byte[] all = [.. Encoding.ASCII.GetBytes(head), 0x81, 1, (byte)'x'];
            for (var i = 0; i < all.Length - 4; i++)
            {
                await socket.SendAsync(new[] { all[i] }, cancel);
            }

            await socket.SendAsync(all.AsMemory(all.Length - 4), cancel);
        };
        using var socket = await agent.ConnectAsync();
        foreach (var octet in Encoding.ASCII.GetBytes(Request("/devtools/browser/default")))
        {
            await socket.SendAsync(new[] { octet }, Cancel);
        }

        await ReadSwitchAsync(socket);

        Assert.Equal([0x81, 1, (byte)'x'], await ReadAsync(socket, 3));
    }

    [Fact]
    public async Task Relay_DataBehindTheHandshake_IsNotLost()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        using var socket = await agent.ConnectAsync();

        await socket.SendAsync(Encoding.Latin1.GetBytes(Request("/devtools/browser/default") + "early"), Cancel);
        await ReadSwitchAsync(socket);

        Assert.Equal("early"u8.ToArray(), await ReadAsync(socket, 5));
    }

    [Fact]
    public async Task Relay_TwentyMegabytesThereAndBack_AreByteExact()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        using var socket = await OpenAsync(agent, "/devtools/browser/default");
        var sent = new byte[20 * 1024 * 1024];
        new Random(20).NextBytes(sent);

        var sending = Task.Run(
            async () =>
            {
                for (var at = 0; at < sent.Length;)
                {
                    at += await socket.SendAsync(sent.AsMemory(at), Cancel);
                }
            },
            Cancel);
        var received = await ReadAsync(socket, sent.Length);
        await sending;

        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task Relay_ClientShutsItsHalf_ChromesRestStillArrives()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        agent.Chrome.OnSocket = async (chrome, cancel) =>
        {
            while (await chrome.ReceiveAsync(new byte[100], cancel) > 0)
            {
            }

            await chrome.SendAsync("the rest"u8.ToArray(), cancel);
        };
        using var socket = await OpenAsync(agent, "/devtools/browser/default");

        socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("the rest"u8.ToArray(), await ReadAsync(socket, 8));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Relay_ClientGone_ChromesSideEnds()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        var ended = new TaskCompletionSource();
        agent.Chrome.OnSocket = async (chrome, cancel) =>
        {
            while (await chrome.ReceiveAsync(new byte[100], cancel) > 0)
            {
            }

            ended.SetResult();
        };

        (await OpenAsync(agent, "/devtools/browser/default")).Dispose();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
    }

    [Fact]
    public async Task Relay_ChromeDies_ClientGets4010()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        agent.Chrome.OnSocket = async (chrome, cancel) =>
        {
            await chrome.SendAsync(new byte[] { 0x81, 2, 1, 2 }, cancel);
            await chrome.ReceiveAsync(new byte[1], cancel);
        };
        using var socket = await OpenAsync(agent, "/devtools/browser/default");
        Assert.Equal([0x81, 2, 1, 2], await ReadAsync(socket, 4));

        agent.KillChrome();
        agent.Chrome.Break();

        Assert.Equal([0x88, 19, 0x0f, 0xaa, .. "browser_restarted"u8], await ReadAsync(socket, 21));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Relay_ChromeDiesWithinAFrame_NothingIsPutIn()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        agent.Chrome.OnSocket = async (chrome, cancel) =>
        {
            await chrome.SendAsync(new byte[] { 0x81, 100, 1, 2 }, cancel);
            await chrome.ReceiveAsync(new byte[1], cancel);
        };
        using var socket = await OpenAsync(agent, "/devtools/browser/default");
        await ReadAsync(socket, 4);

        agent.KillChrome();
        agent.Chrome.Break();

        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Relay_ChromeEndsTheConnectionAlone_ClientGets1000()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        agent.Chrome.OnSocket = (chrome, _) =>
        {
            chrome.Shutdown(SocketShutdown.Both);
            return Task.CompletedTask;
        };

        using var socket = await OpenAsync(agent, "/devtools/page/P1");

        Assert.Equal([0x88, 15, 0x03, 0xe8, .. "target_closed"u8], await ReadAsync(socket, 17));
    }

    [Fact]
    public async Task Relay_ChromeSaysGoodbyeItself_NoSecondCloseFrame()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        agent.Chrome.OnSocket = async (chrome, cancel) => await chrome.SendAsync(new byte[] { 0x88, 2, 0x03, 0xe9 }, cancel);

        using var socket = await OpenAsync(agent, "/devtools/page/P1");

        Assert.Equal([0x88, 2, 0x03, 0xe9], await ReadAsync(socket, 4));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Relay_AgentStops_ClientGets1001()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        using var socket = await OpenAsync(agent, "/devtools/browser/default");

        var stopping = agent.Agent.StopAsync();

        Assert.Equal([0x88, 13, 0x03, 0xe9, .. "vm_stopping"u8], await ReadAsync(socket, 15));
        socket.Dispose();
        await stopping.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
    }

    [Fact]
    public async Task Handshake_UnknownTarget_IsAProblem()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();

        var answer = await agent.ExchangeAsync(Request("/devtools/page/unknown").Replace("Connection: Upgrade", "Connection: Upgrade, close", StringComparison.Ordinal));

        AccessTests.AssertProblem(answer, 404, "page_not_found");
    }

    [Fact]
    public async Task Handshake_ReaderDoesNotRead_ChromeIsHeldBack()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        var offered = 0L;
        var stuck = new TaskCompletionSource();
        agent.Chrome.OnSocket = async (chrome, cancel) =>
        {
            chrome.SendBufferSize = 64 * 1024;
            var block = new byte[64 * 1024];
            while (offered < 1L << 30)
            {
                var sending = chrome.SendAsync(block, cancel).AsTask();
                if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(2), cancel)) != sending)
                {
                    stuck.SetResult();
                }

                offered += await sending;
            }
        };

        using var socket = await OpenAsync(agent, "/devtools/browser/default");
        await stuck.Task.WaitAsync(TimeSpan.FromSeconds(90), Cancel);

        Assert.InRange(offered, 1, 1 << 28);
    }

    private static string Request(string target) => Handshake.Replace("{0}", target, StringComparison.Ordinal);

    private static async Task<Socket> OpenAsync(AgentHarness agent, string target)
    {
        var socket = await agent.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request(target)), Cancel);
        await ReadSwitchAsync(socket);
        return socket;
    }

    private static async Task ReadSwitchAsync(Socket socket)
    {
        const string Expected = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: accepted=\r\n\r\n";
        Assert.Equal(Expected, Encoding.ASCII.GetString(await ReadAsync(socket, Expected.Length)));
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var data = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await socket.ReceiveAsync(data.AsMemory(at), Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(90), Cancel);
            Assert.NotEqual(0, read);
            at += read;
        }

        return data;
    }
}
