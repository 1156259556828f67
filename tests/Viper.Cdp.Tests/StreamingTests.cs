using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Viper.Cdp.Frames;
using Viper.Cdp.Streaming;
using Viper.TestKit.Cdp;

namespace Viper.Cdp.Tests;

public sealed class StreamingTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"id":1,"result":{"data":"AAEC","more":1},"sessionId":"s"}""", true, "000102", """{"id":1,"result":{"data":"","more":1},"sessionId":"s"}""")]
    [InlineData("""{"id":1,"result":{"data":""}}""", true, "", """{"id":1,"result":{"data":""}}""")]
    [InlineData("""{ "result" : { "x":{"data":"no"},"y":[{"data":"no"},"data"], "data" : "AA\/+" , "z":"data"}}""", true, "000FFE", """{ "result" : { "x":{"data":"no"},"y":[{"data":"no"},"data"], "data" : "" , "z":"data"}}""")]
    [InlineData("""{"params":{"data":"AAEC"},"result":{"dat":"AAEC","data2":"AAEC","d\u0061ta":"AAEC"}}""", true, "", """{"params":{"data":"AAEC"},"result":{"dat":"AAEC","data2":"AAEC","d\u0061ta":"AAEC"}}""")]
    [InlineData("""{"id":1,"error":{"code":-1,"message":"a \"data\" b"}}""", true, "", """{"id":1,"error":{"code":-1,"message":"a \"data\" b"}}""")]
    [InlineData("""{"id":1,"result":{"data":null}}""", true, "", """{"id":1,"result":{"data":null}}""")]
    [InlineData("""{"id":1,"result":{"data":"a\"\\\/\b\f\n\r\tü\u00fc\ud834\udd1e\ud834x\udd1e"}}""", false, "61225C2F080C0A0D09C3BCC3BCF09D849EEFBFBD78EFBFBD", """{"id":1,"result":{"data":""}}""")]
    [InlineData("""{"id":1,"result":{"data":"\ud834\ud834\udd1e\ud834"}}""", false, "EFBFBDF09D849EEFBFBD", """{"id":1,"result":{"data":""}}""")]
    public void Add_EverySplit_PartsTheTextAndLeavesTheRest(string message, bool isBase64, string hex, string rest)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        for (var first = 0; first <= bytes.Length; first++)
        {
            Assert.Equal((hex, rest), Extract(new CdpPayload(isBase64, "data"), bytes[..first], bytes[first..]));
        }

        Assert.Equal((hex, rest), Extract(new CdpPayload(isBase64, "data"), [.. bytes.Select(static octet => (byte[])[octet])]));
    }

    [Fact]
    public void Add_AnyTextAnyPieces_IsWhatThePlatformMakesOfIt() =>
        Prop.ForAll<string, byte[], int>(static (text, data, step) =>
        {
            text = text is null ? "" : text.Replace('\ud800', 'x');
            var isBase64 = step % 2 == 0;
            var json = JsonSerializer.Serialize(new Dictionary<string, object> { ["result"] = new Dictionary<string, object> { ["a"] = text, ["v"] = isBase64 ? data : text } });
            var bytes = Encoding.UTF8.GetBytes(json);
            var size = 1 + Math.Abs(step % 7);
            var (hex, _) = Extract(new CdpPayload(isBase64, "v"), [.. bytes.Chunk(size)]);
            using var parsed = JsonDocument.Parse(json);
            var value = parsed.RootElement.GetProperty("result").GetProperty("v");
            return hex == Convert.ToHexString(isBase64 ? value.GetBytesFromBase64() : Encoding.UTF8.GetBytes(value.GetString()!));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("!!!!")]
    [InlineData("AAE")]
    [InlineData("AA==AAAA")]
    [InlineData("AA\\u1234A")]
    [InlineData("AAE=x")]
    public void Add_NotBase64_ThrowsJsonException(string text) =>
        Assert.Throws<JsonException>(() => Extract(CdpPayload.Data, Encoding.UTF8.GetBytes($$$"""{"result":{"data":"{{{text}}}" }}""")));

    [Theory]
    [InlineData(@"\q")]
    [InlineData(@"\u12g4")]
    public void Add_UnknownEscape_ThrowsJsonException(string text) =>
        Assert.Throws<JsonException>(() => Extract(CdpPayload.TextValue, Encoding.UTF8.GetBytes($$$"""{"result":{"result":{"value":"{{{text}}}" } } }""")));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task CopyAsync_LongText_GoesToTheStreamAndTheRestIsTheReply(int fragment)
    {
        var text = new string('x', 300_000) + "\u00fc\n";
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", command => command.WriteAsync(
            $$$"""{"id":{{{command.Id}}},"result":{"result":{"type":"string","value":{{{JsonSerializer.Serialize(text)}}} } } }""", fragment));
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);
        using var target = new MemoryStream();

        using var reply = await connection.Browser.CopyAsync(new EvaluateCommand("x"), CdpPayload.TextValue, target, Cancel).AsTask().WaitAsync(s_deadline, Cancel);

        Assert.Equal(text, Encoding.UTF8.GetString(target.ToArray()));
        Assert.Equal("""{"result":{"type":"string","value":"" } }""", reply.Result.ToString());
        Assert.Equal(0, connection.PendingCount);
    }

    [Fact]
    public async Task CopyAsync_Buffer_GetsTheBytes()
    {
        var image = new byte[100_000];
        new Random(6).NextBytes(image);
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", $$"""{"data":"{{Convert.ToBase64String(image)}}"}""");
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);
        var target = new ArrayBufferWriter<byte>();

        (await connection.Browser.CopyAsync(new EvaluateCommand("x"), CdpPayload.Data, target, Cancel).AsTask().WaitAsync(s_deadline, Cancel)).Dispose();

        Assert.Equal(image, target.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task CopyAsync_ErrorAnswer_ThrowsAndWritesNothing()
    {
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", static command => command.FailAsync(-32000, "no"));
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);
        using var target = new MemoryStream();

        var error = await Assert.ThrowsAsync<CdpProtocolException>(() => connection.Browser.CopyAsync(
            new EvaluateCommand("x"), CdpPayload.Data, target, Cancel).AsTask().WaitAsync(s_deadline, Cancel));

        Assert.Equal((-32000, 0), (error.Code, target.Length));
    }

    [Fact]
    public async Task CopyAsync_DestinationFails_ThrowsThatAndTheConnectionGoesOn()
    {
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", $$"""{"data":"{{Convert.ToBase64String(new byte[200_000])}}"}""");
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);

        await Assert.ThrowsAsync<NotSupportedException>(() => connection.Browser.CopyAsync(
            new EvaluateCommand("x"), CdpPayload.Data, new MemoryStream(new byte[10]), Cancel).AsTask().WaitAsync(s_deadline, Cancel));

        (await connection.Browser.SendAsync("A.b"u8, default, Cancel).AsTask().WaitAsync(s_deadline, Cancel)).Dispose();
    }

    [Fact]
    public async Task CopyAsync_TooMuchBesideTheText_IsATypedError()
    {
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", $$"""{"other":"{{new string('x', StreamedText.MaxRest + 1)}}","data":"AAEC"}""");
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);

        await Assert.ThrowsAsync<CdpProtocolException>(() => connection.Browser.CopyAsync(
            new EvaluateCommand("x"), CdpPayload.Data, new MemoryStream(), Cancel).AsTask().WaitAsync(s_deadline, Cancel));
    }

    [Fact]
    public async Task CopyAsync_CancelledInMidAnswer_LetsGoAtOnceAndTheRestReachesNobody()
    {
        var half = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (id, _, _) = await socket.ReceiveAsync();
            await socket.SendAsync($$$"""{"id":{{{id}}},"result":{"data":"{{{new string('A', 40_000)}}}""", last: false);
            await cancelled.Task;
            await socket.SendAsync("""AAAA"}}""");
            await socket.AnswerAllAsync();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);
        using var impatience = new CancellationTokenSource();
        var target = new WatchedStream(half);

        var copying = connection.Browser.CopyAsync(new EvaluateCommand("x"), CdpPayload.Data, target, impatience.Token).AsTask();
        await half.Task.WaitAsync(s_deadline, Cancel);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.WaitAsync(s_deadline, Cancel));
        target.IsForbidden = true;
        cancelled.SetResult();

        (await connection.Browser.SendAsync("A.b"u8, default, Cancel).AsTask().WaitAsync(s_deadline, Cancel)).Dispose();
        Assert.False(target.WasTouched);
    }

    [Fact]
    public async Task CopyAsync_ConnectionEndsInMidAnswer_FailsWithItsReason()
    {
        await using var server = ScriptedServer.WithSocket(async socket =>
        {
            var (id, _, _) = await socket.ReceiveAsync();
            await socket.SendAsync($$$"""{"id":{{{id}}},"result":{"data":"{{{new string('A', 40_000)}}}""", last: false);
            socket.Socket.Abort();
        });
        await using var connection = await CdpConnection.ConnectAsync(server.Uri, Cancel);

        await Assert.ThrowsAsync<CdpClosedException>(() => connection.Browser.CopyAsync(
            new EvaluateCommand("x"), CdpPayload.Data, new MemoryStream(), Cancel).AsTask().WaitAsync(s_deadline, Cancel));
    }

    private static (string Hex, string Left) Extract(CdpPayload payload, params byte[][] pieces)
    {
        var extractor = new TextExtractor(payload);
        var rest = new PooledBuffer(0);
        var decoded = new PooledBuffer(0);
        foreach (var piece in pieces)
        {
            extractor.Add(piece, rest, decoded);
        }

        return (Convert.ToHexString(decoded.Written), Encoding.UTF8.GetString(rest.Written));
    }

    private sealed class WatchedStream(TaskCompletionSource half) : MemoryStream
    {
        private const int Enough = 29_000;

        internal bool IsForbidden { get; set; }

        internal bool WasTouched { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            WasTouched |= IsForbidden;
            base.Write(buffer.Span);
            if (Length > Enough)
            {
                half.TrySetResult();
            }

            return default;
        }
    }
}
