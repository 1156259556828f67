using System.Buffers;
using System.IO.Pipelines;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

/// <summary>Two ends of a connection in memory, and frames as bytes.</summary>
internal sealed class Wire
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();

    internal IDuplexPipe Client => new End(_toClient.Reader, _toServer.Writer);

    internal IDuplexPipe Server => new End(_toServer.Reader, _toClient.Writer);

    /// <summary>One frame's bytes; a mask of 0 makes it one of a server.</summary>
    internal static byte[] Frame(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, bool isFinal = true, uint mask = 0)
    {
        var header = new WebSocketFrameHeader(isFinal, opcode, mask != 0, mask, payload.Length);
        var frame = new byte[header.Size + payload.Length];
        var size = header.Write(frame);
        WebSocketMask.Copy(payload, frame.AsSpan(size), mask);
        return frame;
    }

    /// <summary>Bytes in segments of a length each, as a slow network brings them.</summary>
    internal static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, params int[] cuts)
    {
        Segment? first = null;
        Segment? last = null;
        var from = 0;
        foreach (var to in cuts.Append(bytes.Length))
        {
            last = new Segment(bytes[from..to], last);
            first ??= last;
            from = to;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
