using System.IO.Pipelines;
using System.Text;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

/// <summary>
/// The cases of the Autobahn test suite that apply to an endpoint without extensions, by its numbers: 1 framing, 2 pings, 3 reserved
/// bits, 4 kinds, 5 fragments, 6 UTF-8 (the texts themselves are in <see cref="Utf8Tests"/>), 7 closing, 9 sizes, 10 splits. Each is
/// run on both sides of a connection, with the bytes at once and one by one.
/// </summary>
public sealed class AutobahnTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private const WebSocketOpcode Text = WebSocketOpcode.Text;
    private const WebSocketOpcode Binary = WebSocketOpcode.Binary;
    private const WebSocketOpcode More = WebSocketOpcode.Continuation;
    private const WebSocketOpcode Ping = WebSocketOpcode.Ping;
    private const WebSocketOpcode Pong = WebSocketOpcode.Pong;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<WebSocketRole, bool> Sides() => new()
    {
        { WebSocketRole.Client, false }, { WebSocketRole.Client, true }, { WebSocketRole.Server, false }, { WebSocketRole.Server, true },
    };

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Case1_MessagesOfEverySize_ArriveWhole(WebSocketRole role, bool octetwise)
    {
        foreach (var opcode in new[] { Text, Binary })
        {
            foreach (var size in new[] { 0, 125, 126, 127, 128, 65535, 65536 })
            {
                var payload = new byte[size];
                payload.AsSpan().Fill(opcode == Text ? (byte)'*' : (byte)0xfe);

                var seen = await RunAsync(role, octetwise, (opcode, payload, true));

                Assert.Equal([$"{opcode} {Convert.ToHexString(payload)}"], seen.Messages);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Case2_Pings_AreAnsweredAndPongsIgnored(WebSocketRole role, bool octetwise)
    {
        byte[] binary = [0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff];
        var longest = new byte[125];
        var seen = await RunAsync(
            role, octetwise,
            (Ping, [], true), (Ping, "Hello"u8.ToArray(), true), (Ping, binary, true), (Ping, longest, true),
            (Pong, [], true), (Pong, "unsolicited"u8.ToArray(), true), (Ping, "last"u8.ToArray(), true), (Text, "x"u8.ToArray(), true));

        Assert.Equal(
            ["Pong ", "Pong 48656C6C6F", $"Pong {Convert.ToHexString(binary)}", $"Pong {Convert.ToHexString(longest)}", "Pong 6C617374", "Close 1000"],
            seen.Answers);
        Assert.Equal(["Text 78"], seen.Messages);
    }

    public static TheoryData<string, byte[], int> Violations() => new()
    {
        { "2.5 ping of 126", [0x89, 126, 0, 126, .. new byte[126]], 1002 },
        { "3.1 RSV3", [0x91, 0], 1002 },
        { "3.2 RSV2", [0xa1, 0], 1002 },
        { "3.4 RSV1, which permessage-deflate would set", [0xc1, 0], 1002 },
        { "3.5 RSV1 of a binary one", [0xc2, 0], 1002 },
        { "3.7 RSV of a close frame", [0xf8, 0], 1002 },
        { "4.1.1 kind 3", [0x83, 0], 1002 },
        { "4.1.5 kind 7", [0x87, 0], 1002 },
        { "4.2.1 kind 11", [0x8b, 0], 1002 },
        { "4.2.5 kind 15", [0x8f, 0], 1002 },
        { "5.1 fragmented ping", [0x09, 0], 1002 },
        { "5.2 fragmented pong", [0x0a, 0], 1002 },
        { "5.9 continuation of nothing", [0x80, 0], 1002 },
        { "5.12 continuation of nothing, not final", [0x00, 0], 1002 },
        { "5.18 text within a text", [0x01, 0, 0x81, 0], 1002 },
        { "6.3 text that is not UTF-8", [0x81, 1, 0xff], 1007 },
        { "6.4 fail early", [0x01, 4, 0xf4, 0x90, 0x80, 0x80], 1007 },
        { "6.4 a character that does not end", [0x01, 1, 0xce, 0x80, 0], 1007 },
        { "7.3.2 close of one byte", [0x88, 1, 3], 1002 },
        { "7.5.1 reason that is not UTF-8", [0x88, 3, 3, 0xe8, 0xff], 1007 },
        { "7.9 code 0", [0x88, 2, 0, 0], 1002 },
        { "7.9 code 999", [0x88, 2, 3, 0xe7], 1002 },
        { "7.9 code 1004", [0x88, 2, 3, 0xec], 1002 },
        { "7.9 code 1005", [0x88, 2, 3, 0xed], 1002 },
        { "7.9 code 1006", [0x88, 2, 3, 0xee], 1002 },
        { "7.9 code 1015", [0x88, 2, 3, 0xf7], 1002 },
        { "7.9 code 2999", [0x88, 2, 0x0b, 0xb7], 1002 },
        { "7.13 code 5000", [0x88, 2, 0x13, 0x88], 1002 },
        { "a length beyond the limit", [0x82, 127, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff], 1009 },
        { "a masked frame to a client", [0x81, 0x81, 1, 2, 3, 4, 5], 1002 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Cases_Violation_ClosesWithItsCode(string what, byte[] bytes, int code)
    {
        Assert.NotEmpty(what);
        foreach (var octetwise in new[] { false, true })
        {
            var seen = await RunAsync(WebSocketRole.Client, octetwise, bytes);

            Assert.Equal(code, seen.Error);
            Assert.Equal([$"Close {code}"], seen.Answers);
        }
    }

    [Fact]
    public async Task Case5_FrameWithoutMaskToAServer_ClosesWith1002() =>
        Assert.Equal(1002, (await RunAsync(WebSocketRole.Server, false, [0x81, 0])).Error);

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Case5_FragmentsWithPingsBetween_MakeOneMessage(WebSocketRole role, bool octetwise)
    {
        var seen = await RunAsync(
            role, octetwise,
            (Text, "fragment1"u8.ToArray(), false), (Ping, "1"u8.ToArray(), true), (More, "fragment2"u8.ToArray(), false),
            (Ping, "2"u8.ToArray(), true), (More, "fragment3"u8.ToArray(), true), (Text, [], false), (More, [], false), (More, [], true));

        Assert.Equal([$"Text {Convert.ToHexString("fragment1fragment2fragment3"u8)}", "Text "], seen.Messages);
        Assert.Equal(["Pong 31", "Pong 32", "Close 1000"], seen.Answers);
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Case6_TextInFragmentsAtEverySplit_IsTheText(WebSocketRole role, bool octetwise)
    {
        var text = Encoding.UTF8.GetBytes("κόσμε 𝄞");
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var seen = await RunAsync(role, octetwise, (Text, text[..cut], false), (More, text[cut..], true));

            Assert.Equal([$"Text {Convert.ToHexString(text)}"], seen.Messages);
        }
    }

    [Theory]
    [InlineData(1000), InlineData(1001), InlineData(1003), InlineData(1007), InlineData(1011), InlineData(3000), InlineData(3999), InlineData(4010)]
    public async Task Case7_CloseWithACode_IsToldAndEchoed(int code)
    {
        byte[] frame = [0x88, 9, (byte)(code >> 8), (byte)code, .. "because"u8];

        var seen = await RunAsync(WebSocketRole.Client, false, frame);

        Assert.Equal((new WebSocketClose(code, "because"), null), (seen.Close, seen.Error));
        Assert.Equal([$"Close {code}"], seen.Answers);
    }

    [Fact]
    public async Task Case7_CloseWithoutCode_IsEchoedWithoutOne()
    {
        var seen = await RunAsync(WebSocketRole.Client, false, [0x88, 0, 0x81, 1, (byte)'x']);

        Assert.Equal(WebSocketCloseCode.None, seen.Close?.Code);
        Assert.Empty(seen.Messages);
        Assert.Equal(["Close 1005"], seen.Answers);
    }

    [Fact]
    public async Task Case9_FourMegabytesInFragmentsOf64_AreOneMessage()
    {
        var message = new byte[4 * 1024 * 1024];
        new Random(9).NextBytes(message);
        using var bytes = new MemoryStream();
        for (var at = 0; at < message.Length; at += 64)
        {
            bytes.Write(Wire.Frame(at == 0 ? Binary : More, message.AsSpan(at, 64), at + 64 == message.Length));
        }

        var seen = await RunAsync(WebSocketRole.Client, false, bytes.ToArray());

        Assert.Equal([$"Binary {Convert.ToHexString(message)}"], seen.Messages);
    }

    [Fact]
    public async Task ReadAsync_EndlessFragments_EndsAtTheLimit()
    {
        var limits = new WebSocketLimits { MaxFragments = 100 };
        byte[] bytes = [0x01, 0, .. Enumerable.Range(0, 200).SelectMany(static _ => (byte[])[0x00, 0])];

        Assert.Equal(1009, (await RunAsync(WebSocketRole.Client, false, bytes, limits)).Error);
    }

    [Fact]
    public async Task ReadAsync_FragmentsBeyondTheLimitTogether_EndsWith1009()
    {
        var limits = new WebSocketLimits { MaxMessageBytes = 5 };

        Assert.Equal(1009, (await RunAsync(WebSocketRole.Client, false, [0x02, 3, 1, 2, 3, 0x80, 3, 1, 2, 3], limits)).Error);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 5, 1, 2 })]
    [InlineData(new byte[] { 0x01, 1, 0x61 })]
    [InlineData(new byte[] { 0x81 })]
    public async Task ReadAsync_StreamEndsWithinAMessage_IsAbnormal(byte[] bytes) =>
        Assert.Equal(WebSocketCloseCode.Abnormal, (await RunAsync(WebSocketRole.Client, false, bytes)).Error);

    private static Task<Seen> RunAsync(WebSocketRole role, bool octetwise, params (WebSocketOpcode Opcode, byte[] Payload, bool IsFinal)[] frames)
    {
        var mask = role == WebSocketRole.Server ? 0xa1b2c3d4 : 0;
        byte[] close = Wire.Frame(WebSocketOpcode.Close, [3, 0xe8], true, mask);
        return RunAsync(role, octetwise, [.. frames.SelectMany(frame => Wire.Frame(frame.Opcode, frame.Payload, frame.IsFinal, mask)), .. close]);
    }

    /// <summary>Gives the bytes to a reader and tells what it read and answered.</summary>
    private static async Task<Seen> RunAsync(WebSocketRole role, bool octetwise, byte[] bytes, WebSocketLimits? limits = null)
    {
        var wire = new Wire();
        var (own, peer) = role == WebSocketRole.Client ? (wire.Client, wire.Server) : (wire.Server, wire.Client);
        var writing = FeedAsync(peer.Output, bytes, octetwise && bytes.Length < 2000 ? 1 : bytes.Length);
        var writer = new WebSocketWriter(own.Output, role);
        using var reader = new WebSocketMessageReader(own.Input, writer, role, limits);
        List<string> messages = [];
        int? error = null;
        try
        {
            while (await reader.ReadAsync(Cancel).AsTask().WaitAsync(s_deadline, Cancel))
            {
                messages.Add($"{reader.Opcode} {Convert.ToHexString(reader.Message.Span)}");
            }
        }
        catch (CdpFrameException caught)
        {
            error = caught.CloseCode;
        }

        await own.Input.CompleteAsync();
        await writing.WaitAsync(s_deadline, Cancel);
        await writer.DrainAsync(Cancel);
        await own.Output.CompleteAsync();
        return new Seen(messages, await AnswersAsync(peer.Input, role), reader.Close, error);
    }

    private static async Task FeedAsync(PipeWriter output, byte[] bytes, int step)
    {
        for (var at = 0; at < bytes.Length; at += step)
        {
            await output.WriteAsync(bytes.AsMemory(at, Math.Min(step, bytes.Length - at)), Cancel);
        }

        await output.CompleteAsync();
    }

    private static async Task<List<string>> AnswersAsync(PipeReader input, WebSocketRole role)
    {
        var frames = new WebSocketFrameReader(
            input, new WebSocketFrameParser(role == WebSocketRole.Client ? WebSocketRole.Server : WebSocketRole.Client));
        List<string> answers = [];
        while (await frames.ReadAsync(Cancel))
        {
            var payload = new byte[frames.Current.Payload.Length];
            frames.Current.CopyTo(payload);
            answers.Add(frames.Current.Header.Opcode == WebSocketOpcode.Close
                ? $"Close {WebSocketClose.Read(payload).Code}"
                : $"{frames.Current.Header.Opcode} {Convert.ToHexString(payload)}");
        }

        return answers;
    }

    private sealed record Seen(List<string> Messages, List<string> Answers, WebSocketClose? Close, int? Error);
}
