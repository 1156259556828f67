using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

public sealed class ParserTests
{
    private static readonly byte[] s_stream =
    [
        .. Wire.Frame(WebSocketOpcode.Text, "ab"u8, isFinal: false),
        .. Wire.Frame(WebSocketOpcode.Ping, "p"u8),
        .. Wire.Frame(WebSocketOpcode.Continuation, new byte[200]),
        .. Wire.Frame(WebSocketOpcode.Binary, []),
        .. Wire.Frame(WebSocketOpcode.Close, [3, 0xe8]),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void TryRead_CutAtEveryTwoPlaces_GivesTheSameFrames(int wholeBytes)
    {
        for (var first = 0; first <= s_stream.Length; first++)
        {
            for (var second = first; second <= s_stream.Length; second += 7)
            {
                Assert.Equal(
                    "Text 6162|Ping 70|Continuation 200|Binary |Close 03E8",
                    Read(new WebSocketFrameParser(WebSocketRole.Client, null, wholeBytes), Wire.Cut(s_stream, first, second)));
            }
        }
    }

    [Fact]
    public void TryRead_ByteByByte_GivesTheSameFrames()
    {
        var parser = new WebSocketFrameParser(WebSocketRole.Client, null, 1000);
        List<string> frames = [];
        var taken = 0;
        for (var end = 1; end <= s_stream.Length; end++)
        {
            var buffer = new ReadOnlySequence<byte>(s_stream.AsMemory(taken, end - taken));
            while (parser.TryRead(ref buffer, out var piece))
            {
                Assert.True(piece is { IsFirst: true, IsLast: true });
                frames.Add(piece.Header.Opcode.ToString());
            }

            taken = end - (int)buffer.Length;
        }

        Assert.Equal(["Text", "Ping", "Continuation", "Binary", "Close"], frames);
    }

    [Fact]
    public void TryRead_MutatedStreams_GivesFramesOrATypedError()
    {
        var random = new Random(2026);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])s_stream.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            ReadWhatComes(bytes);
        }
    }

    [Fact]
    public void TryRead_AnyBytes_GivesFramesOrATypedError() =>
        Prop.ForAll<byte[]>(ReadWhatComes).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void TryRead_MaskedFrameInPieces_IsUnmaskedByEachPiecesOffset()
    {
        var payload = Enumerable.Range(0, 1000).Select(static i => (byte)i).ToArray();
        var frame = Wire.Frame(WebSocketOpcode.Binary, payload, true, 0xdeadbeef);
        var parser = new WebSocketFrameParser(WebSocketRole.Server);
        var seen = new byte[payload.Length];
        for (var at = 0; at < frame.Length; at += 7)
        {
            var buffer = new ReadOnlySequence<byte>(frame.AsMemory(at, Math.Min(7, frame.Length - at)));
            if (at == 0)
            {
                // The header has eight bytes; a parser is given again what it did not take.
                buffer = new ReadOnlySequence<byte>(frame.AsMemory(0, 14));
                at = 7;
            }

            while (parser.TryRead(ref buffer, out var piece))
            {
                piece.CopyTo(seen.AsSpan((int)piece.Offset));
            }
        }

        Assert.Equal(payload, seen);
    }

    private static void ReadWhatComes(byte[] bytes)
    {
        try
        {
            Read(new WebSocketFrameParser(WebSocketRole.Client), new ReadOnlySequence<byte>(bytes));
        }
        catch (CdpFrameException)
        {
            // The one failure that readers expect.
        }
    }

    private static string Read(WebSocketFrameParser parser, ReadOnlySequence<byte> buffer)
    {
        List<string> frames = [];
        using var payload = new MemoryStream();
        while (parser.TryRead(ref buffer, out var piece))
        {
            payload.Write(piece.Payload.ToArray());
            if (piece.IsLast)
            {
                frames.Add($"{piece.Header.Opcode} {(payload.Length > 100 ? payload.Length : Convert.ToHexString(payload.ToArray()))}");
                payload.SetLength(0);
            }
        }

        return string.Join('|', frames);
    }
}
