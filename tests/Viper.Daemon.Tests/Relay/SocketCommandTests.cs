using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Viper.Contracts.Agent;
using Viper.Daemon.Relay;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Relay;

/// <summary>What the daemon itself says in a relayed connection.</summary>
public sealed class SocketCommandTests
{
    private const string Path = "/api/v1/vms/a/agent/devtools/browser/default";

    [Fact]
    public async Task BrowserClose_EndsThisClientAloneAndTheBrowserNeverSeesIt()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream one = await ConnectAsync(daemon);
        await using NetworkStream other = await ConnectAsync(daemon);

        await SendAsync(one, """{"id":3,"method":"Browser.close"}""");

        Assert.Equal("""{"id":3,"result":{}}""", Encoding.UTF8.GetString((await WebSocketFrames.ReadAsync(one, DaemonHarness.Deadline))!.Value.Payload));
        (byte head, byte[] close) = (await WebSocketFrames.ReadAsync(one, DaemonHarness.Deadline))!.Value;
        Assert.Equal((0x88, 1000, "browser_close"), (head, (close[0] << 8) | close[1], Encoding.UTF8.GetString(close[2..])));
        await SendAsync(other, """{"id":1,"method":"Browser.getVersion"}""");
        Assert.Equal("""{"id":1,"method":"Browser.getVersion"}""", Encoding.UTF8.GetString((await WebSocketFrames.ReadAsync(other, DaemonHarness.Deadline))!.Value.Payload));
    }

    [Fact]
    public async Task Refused_IsAnErrorOfItsSessionAndWhatFollowsPasses()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream stream = await ConnectAsync(daemon);

        await SendAsync(stream, """{"id":4,"method":"DOM.setFileInputFiles","params":{"files":["/etc/passwd"],"nodeId":1},"sessionId":"s1"}""");
        await SendAsync(stream, """{"id":5,"method":"Page.enable","sessionId":"s1"}""");

        // One comes from the daemon, the other from the agent: in any order.
        string[] texts =
        [
            Encoding.UTF8.GetString((await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value.Payload),
            Encoding.UTF8.GetString((await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value.Payload),
        ];
        Assert.Contains("""{"id":5,"method":"Page.enable","sessionId":"s1"}""", texts);
        using JsonDocument refusal = JsonDocument.Parse(texts.Single(text => text.Contains("error", StringComparison.Ordinal)));
        Assert.Equal((4, -32000, "s1"), (refusal.RootElement.GetProperty("id").GetInt32(), refusal.RootElement.GetProperty("error").GetProperty("code").GetInt32(), refusal.RootElement.GetProperty("sessionId").GetString()));
        Assert.Contains("/etc/passwd", refusal.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_APingBetweenItsFragments_PassesAllTheSame()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream stream = await ConnectAsync(daemon);

        await stream.WriteAsync(
            (byte[])
            [
                .. WebSocketFrames.Make(1, """{"id":4,"method":"Page.enable","""u8, isMasked: true, isFinal: false),
                .. WebSocketFrames.Make(9, "there?"u8, isMasked: true),
                .. WebSocketFrames.Make(0, "\"method\":1}"u8, isMasked: true),
            ],
            DaemonHarness.Deadline);

        // The agent of the test sends back what it gets; the refusal comes from the daemon.
        (byte Head, byte[] Payload)[] seen =
            [(await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value, (await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value];
        Assert.Contains(seen, static frame => frame.Head == 0x89 && frame.Payload.AsSpan().SequenceEqual("there?"u8));
        Assert.Contains(seen, static frame => frame.Head == 0x81 && Encoding.UTF8.GetString(frame.Payload).Contains("\"error\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DownloadFolder_ReachesTheBrowserAsTheAgents()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream stream = await ConnectAsync(daemon);

        await SendAsync(stream, """{"id":6,"method":"Browser.setDownloadBehavior","params":{"behavior":"allow","downloadPath":"/tmp/x"}}""");

        // The agent of the test sends back what it gets.
        string got = Encoding.UTF8.GetString((await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value.Payload);
        Assert.Contains(GuestPlaces.Downloads, got, StringComparison.Ordinal);
        Assert.DoesNotContain("/tmp/x", got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_NotAsAClientSends_CloseWithAProtocolError()
    {
        await using DaemonHarness daemon = await ReadyAsync();
        await using NetworkStream stream = await ConnectAsync(daemon);

        await stream.WriteAsync(WebSocketFrames.Make(1, "{}"u8, isMasked: false), DaemonHarness.Deadline);

        (byte head, byte[] close) = (await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value;
        Assert.Equal((0x88, 1002), (head, (close[0] << 8) | close[1]));
    }

    [Fact]
    public async Task Ping_WhoAnswersStays_WhoIsSilentIsCut()
    {
        ManualTime time = new();
        await using DaemonHarness daemon = await ReadyAsync(time);
        TaskCompletionSource left = new();
        Channel<bool> pongs = Channel.CreateUnbounded<bool>();
        daemon.Agent.OnSocket = async (socket, token) =>
        {
            while (await WebSocketFrames.ReadAsync(socket.Stream, token) is not null)
            {
                pongs.Writer.TryWrite(true);
            }

            left.TrySetResult();
        };
        await using NetworkStream stream = await ConnectAsync(daemon);
        for (int i = 0; i < SocketPair.MaxSilent + 3; i++)
        {
            await time.FireNextAsync(SocketPair.PingInterval, DaemonHarness.Deadline);
            Assert.Equal(0x89, (await WebSocketFrames.ReadAsync(stream, DaemonHarness.Deadline))!.Value.Head);

            // The agent gets it too: by then it was heard.
            await stream.WriteAsync(WebSocketFrames.Make(10, [(byte)i], isMasked: true), DaemonHarness.Deadline);
            await pongs.Reader.ReadAsync(DaemonHarness.Deadline);
        }

        // The last answer counts for the next time, the times after it find silence.
        for (int i = 0; i <= SocketPair.MaxSilent + 1; i++)
        {
            Assert.False(left.Task.IsCompleted);
            await time.FireNextAsync(SocketPair.PingInterval, DaemonHarness.Deadline);
        }

        await left.Task.WaitAsync(DaemonHarness.Deadline);
    }

    private static async Task<DaemonHarness> ReadyAsync(TimeProvider? time = null)
    {
        DaemonHarness daemon = await DaemonHarness.StartAsync(time: time);
        await daemon.CreateAsync("a");
        return daemon;
    }

    private static async Task<NetworkStream> ConnectAsync(DaemonHarness daemon)
    {
        NetworkStream stream = await daemon.ConnectAsync();
        await RawExchange.UpgradeAsync(stream, Path, "localhost");
        return stream;
    }

    private static ValueTask SendAsync(NetworkStream stream, string message) =>
        stream.WriteAsync(WebSocketFrames.Make(1, Encoding.UTF8.GetBytes(message), isMasked: true), DaemonHarness.Deadline);
}
