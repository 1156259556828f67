using System.Buffers;
using Viper.Cdp.Frames;

namespace Viper.Daemon.Relay;

/// <summary>Follows the frames that a client sends and holds those up whose commands are to be judged; the rest passes unread.</summary>
/// <remarks>
/// Of a message no more is read than its beginning, where clients name the method. This keeps well-meaning clients from what they do
/// by habit; it is no wall, and need not be one, since whoever may attach to a browser owns it. Not thread-safe.
/// </remarks>
internal sealed class CommandGate(ICommandPolicy policy)
{
    /// <summary>How much of a message is read for its method, in bytes.</summary>
    internal const int LookBytes = 512;

    /// <summary>The longest message that is judged, in bytes.</summary>
    internal const int MaxJudged = 256 * 1024;

    private long _passing;
    private bool _hasData;

    /// <summary>Whether a close frame has passed.</summary>
    internal bool CloseSeen { get; private set; }

    /// <summary>Whether the next byte begins a frame.</summary>
    internal bool AtBoundary => _passing == 0;

    /// <summary>Whether anything of a message has come since this was asked last; pings, pongs and close frames are none.</summary>
    internal bool TakeData()
    {
        bool had = _hasData;
        _hasData = false;
        return had;
    }

    /// <summary>Says what is to be done with how many bytes at the front.</summary>
    /// <param name="bytes">What has come and was not dealt with.</param>
    /// <param name="length">For <see cref="GateStep.Pass"/> and <see cref="GateStep.Judge"/>, how many bytes.</param>
    /// <param name="header">For <see cref="GateStep.Judge"/>, the frame's header.</param>
    internal GateStep Next(in ReadOnlySequence<byte> bytes, out long length, out WebSocketFrameHeader header)
    {
        length = 0;
        while (true)
        {
            long taken = Math.Min(_passing, bytes.Length - length);
            length += taken;
            _passing -= taken;
            ReadOnlySequence<byte> rest = bytes.Slice(length);
            GateStep step = rest.IsEmpty ? Nothing(out header) : Begin(rest, out header);
            if (step == GateStep.Pass)
            {
                continue;
            }

            // What stands before it goes first.
            if (length > 0)
            {
                return GateStep.Pass;
            }

            length = step == GateStep.Judge ? header.Size + header.Length : 0;
            return step;
        }
    }

    private static GateStep Nothing(out WebSocketFrameHeader header)
    {
        header = default;
        return GateStep.Wait;
    }

    private GateStep Begin(in ReadOnlySequence<byte> bytes, out WebSocketFrameHeader header)
    {
        Span<byte> joined = stackalloc byte[WebSocketFrameHeader.MaxSize];
        OperationStatus status = WebSocketFrameHeader.TryRead(Front(bytes, joined), out header);
        if (status != OperationStatus.Done)
        {
            return status == OperationStatus.NeedMoreData ? GateStep.Wait : GateStep.Malformed;
        }

        if (!header.IsMasked)
        {
            return GateStep.Malformed;
        }

        if (header.Opcode == WebSocketOpcode.Text)
        {
            int look = (int)Math.Min(header.Length, LookBytes);
            if (bytes.Length < header.Size + look)
            {
                return GateStep.Wait;
            }

            if (IsGuarded(bytes.Slice(header.Size, look), header.Mask))
            {
                return !header.IsFinal || header.Length > MaxJudged ? GateStep.Unjudged
                    : bytes.Length < header.Size + header.Length ? GateStep.Wait
                    : Judged();
            }
        }

        _hasData |= !header.IsControl;
        CloseSeen |= header.Opcode == WebSocketOpcode.Close;
        _passing = header.Size + header.Length;
        return GateStep.Pass;
    }

    private GateStep Judged()
    {
        _hasData = true;
        return GateStep.Judge;
    }

    private bool IsGuarded(in ReadOnlySequence<byte> masked, uint mask)
    {
        Span<byte> joined = stackalloc byte[LookBytes];
        Span<byte> plain = stackalloc byte[LookBytes];
        plain = plain[..(int)masked.Length];
        WebSocketMask.Copy(Front(masked, joined), plain, mask);
        int at = plain.IndexOf("\"method\""u8);
        if (at < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> value = plain[(at + 8)..].TrimStart(" \t\r\n"u8);
        value = value.Length > 0 && value[0] == ':' ? value[1..].TrimStart(" \t\r\n"u8) : default;
        int end = value.Length > 0 && value[0] == '"' ? value[1..].IndexOf((byte)'"') : -1;
        return end >= 0 && policy.Guards(value.Slice(1, end));
    }

    // The first bytes in one piece: as they are, where they are.
    private static ReadOnlySpan<byte> Front(in ReadOnlySequence<byte> bytes, Span<byte> joined)
    {
        ReadOnlySpan<byte> first = bytes.FirstSpan;
        if (first.Length >= joined.Length || first.Length == bytes.Length)
        {
            return first;
        }

        joined = joined[..(int)Math.Min(joined.Length, bytes.Length)];
        bytes.Slice(0, joined.Length).CopyTo(joined);
        return joined;
    }
}
