using System.Buffers;
using Viper.Cdp.Frames;

namespace Viper.Daemon.Relay;

/// <summary>Follows the frames that a client sends and holds those messages up whose commands are to be judged.</summary>
/// <remarks>
/// Each message is read once, where it lies, for its method (<see cref="CommandScan"/>). One of up to <see cref="MaxHeld"/> bytes passes
/// or does not as a whole; a longer one must have named its method within so many bytes, and passes from there on as it comes, still
/// read. What another reader could take for another command never passes. This keeps well-meaning clients from what they do by habit,
/// and others from doing it by a trick; whoever may attach to a browser owns it all the same. Not thread-safe.
/// </remarks>
internal sealed class CommandGate(ICommandPolicy policy)
{
    /// <summary>Within how many bytes of a message its method must be named.</summary>
    internal const int MaxHeld = 64 * 1024;

    /// <summary>The longest message that is judged, in bytes.</summary>
    internal const int MaxJudged = 256 * 1024;

    // With the headers of fragments, and pings between them.
    private const int MaxBuffered = 2 * MaxJudged;

    private const int PieceSize = 2048;

    private readonly CommandScan _scan = new(policy);
    private readonly byte[] _plain = new byte[PieceSize];
    private GateStep _verdict = GateStep.Wait;
    private Course _course;
    private bool _inMessage;
    private bool _hasData;

    // The frame at which the look has arrived, and how many bytes it is ahead of those that were dealt with.
    private WebSocketFrameHeader _frame;
    private long _left;
    private long _ahead;
    private long _held;

    private enum Course
    {
        Pass,
        Hold,
        Follow,
        Drop,
    }

    /// <summary>Whether a close frame has passed.</summary>
    internal bool CloseSeen { get; private set; }

    /// <summary>Whether the next byte begins a frame.</summary>
    internal bool AtBoundary => _left == 0 && _ahead == 0;

    /// <summary>For <see cref="GateStep.Refuse"/>, the command's number if it was found.</summary>
    internal long? RefusedId { get; private set; }

    /// <summary>For <see cref="GateStep.Refuse"/>, why.</summary>
    internal string Refusal { get; private set; } = "";

    /// <summary>Whether anything of a message has come since this was asked last; pings, pongs and close frames are none.</summary>
    internal bool TakeData()
    {
        bool had = _hasData;
        _hasData = false;
        return had;
    }

    /// <summary>Says what is to be done with how many bytes at the front.</summary>
    /// <param name="bytes">What has come and was not dealt with.</param>
    /// <param name="length">How many bytes; 0 for <see cref="GateStep.Wait"/> and where nothing is followed any more.</param>
    internal GateStep Next(in ReadOnlySequence<byte> bytes, out long length)
    {
        long free = 0;
        while (_verdict == GateStep.Wait && Advance(bytes))
        {
            free = _course != Course.Hold && _verdict == GateStep.Wait ? _ahead : free;
        }

        // What stands before goes first.
        GateStep step = free > 0 ? GateStep.Pass : _verdict;
        if (free > 0)
        {
            length = free;
        }
        else
        {
            _verdict = GateStep.Wait;
            length = step == GateStep.Wait ? 0 : _ahead;
        }

        _ahead -= length;
        return step;
    }

    /// <summary>The text of a message that was held, out of its frames.</summary>
    internal static byte[] ReadHeld(ReadOnlySequence<byte> frames)
    {
        ArrayBufferWriter<byte> message = new();
        while (TryReadFrame(ref frames, out WebSocketFrameHeader header, out ReadOnlySequence<byte> frame))
        {
            if (!header.IsControl)
            {
                Span<byte> text = message.GetSpan((int)Math.Max(1, header.Length))[..(int)header.Length];
                frame.Slice(header.Size).CopyTo(text);
                WebSocketMask.Apply(text, header.Mask);
                message.Advance(text.Length);
            }
        }

        return message.WrittenSpan.ToArray();
    }

    /// <summary>The control frames among the frames of a message that does not pass: they are no part of it, and pass all the same.</summary>
    /// <param name="frames">Its frames, of which the last may be cut off.</param>
    internal static byte[] ReadControl(ReadOnlySequence<byte> frames)
    {
        ArrayBufferWriter<byte> control = new();
        while (TryReadFrame(ref frames, out WebSocketFrameHeader header, out ReadOnlySequence<byte> frame))
        {
            if (header.IsControl)
            {
                frame.CopyTo(control.GetSpan((int)frame.Length));
                control.Advance((int)frame.Length);
            }
        }

        return control.WrittenSpan.ToArray();
    }

    private static bool TryReadFrame(ref ReadOnlySequence<byte> frames, out WebSocketFrameHeader header, out ReadOnlySequence<byte> frame)
    {
        Span<byte> joined = stackalloc byte[WebSocketFrameHeader.MaxSize];
        frame = default;
        if (WebSocketFrameHeader.TryRead(Front(frames, joined), out header) != OperationStatus.Done || header.Size + header.Length > frames.Length)
        {
            return false;
        }

        frame = frames.Slice(0, header.Size + header.Length);
        frames = frames.Slice(frame.Length);
        return true;
    }

    // False where more must come first.
    private bool Advance(in ReadOnlySequence<byte> bytes)
    {
        if (_left == 0)
        {
            return BeginFrame(bytes.Slice(_ahead));
        }

        long come = Math.Min(_left, bytes.Length - _ahead);
        if (come == 0)
        {
            return false;
        }

        if (!_frame.IsControl && _course is Course.Hold or Course.Follow)
        {
            // So that what is found does not hang on how much came at once.
            come = _course == Course.Hold && _held < MaxHeld ? Math.Min(come, MaxHeld - _held) : come;
            Look(bytes.Slice(_ahead, come), _frame.Length - _left);
            _held += come;
        }

        Walk(come);
        return true;
    }

    private bool BeginFrame(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> joined = stackalloc byte[WebSocketFrameHeader.MaxSize];
        OperationStatus status = WebSocketFrameHeader.TryRead(Front(bytes, joined), out WebSocketFrameHeader header);
        if (status == OperationStatus.NeedMoreData)
        {
            return false;
        }

        bool isOutOfTurn = !header.IsControl && (header.Opcode == WebSocketOpcode.Continuation) != _inMessage;
        if (status != OperationStatus.Done || !header.IsMasked || isOutOfTurn || header.Length > long.MaxValue - header.Size)
        {
            _verdict = GateStep.Malformed;
            return true;
        }

        if (header.Opcode == WebSocketOpcode.Close && _course == Course.Hold)
        {
            // The message will not end any more, and nobody has seen it begin.
            _inMessage = false;
            (_verdict, _course) = (GateStep.Drop, Course.Pass);
            return true;
        }

        _frame = header;
        _left = header.Size + header.Length;
        if (header.IsControl)
        {
            CloseSeen |= header.Opcode == WebSocketOpcode.Close;
        }
        else
        {
            _hasData = true;
            if (!_inMessage)
            {
                // Chrome takes commands as texts only.
                (_inMessage, _course, _held) = (true, header.Opcode == WebSocketOpcode.Text ? Course.Hold : Course.Pass, 0);
                _scan.Reset();
            }

            // Whoever has said goodbye has no commands left.
            _course = CloseSeen ? Course.Drop : _course;
        }

        Walk(header.Size);
        return true;
    }

    private void Walk(long count)
    {
        _ahead += count;
        _left -= count;
        bool ends = _left == 0 && !_frame.IsControl && _frame.IsFinal;
        _inMessage &= !ends;
        switch (_course)
        {
            // What is dropped is never a part of a control frame: the rest of it would be taken for a frame.
            case Course.Hold when _left == 0 || !_frame.IsControl:
                Decide(ends);
                break;
            case Course.Follow when _scan.State == ScanState.Unreadable:
                _verdict = GateStep.Unreadable;
                break;
            case Course.Drop when !_frame.IsControl:
                _verdict = GateStep.Drop;
                break;
        }

        _course = ends && _course != Course.Hold ? Course.Pass : _course;
    }

    private void Decide(bool ends)
    {
        ScanState state = ends && _scan.State == ScanState.Open && !_scan.IsBlank ? ScanState.Unreadable : _scan.State;
        if (state == ScanState.Unreadable)
        {
            Refuse("The message is not one JSON object with one method, as RFC 8259 has it.");
        }
        else if (state == ScanState.NoCommand || (ends && !_scan.IsGuarded))
        {
            _course = Course.Pass;
        }
        else if (ends)
        {
            (_verdict, _course) = (GateStep.Judge, Course.Pass);
        }
        else if (_ahead > MaxBuffered || (_held >= MaxHeld && _scan.IsGuarded && _held + _left > MaxJudged))
        {
            Refuse($"A command of this method has at most {MaxJudged} bytes.");
        }
        else if (_held >= MaxHeld && !_scan.IsGuarded)
        {
            if (_scan.HasMethod)
            {
                _course = Course.Follow;
            }
            else
            {
                Refuse($"A command must name its method within its first {MaxHeld} bytes.");
            }
        }
    }

    private void Refuse(string why)
    {
        (RefusedId, Refusal) = (_scan.Id, why);
        (_verdict, _course) = (GateStep.Refuse, Course.Drop);
    }

    private void Look(in ReadOnlySequence<byte> masked, long offset)
    {
        foreach (ReadOnlyMemory<byte> segment in masked)
        {
            ReadOnlySpan<byte> rest = segment.Span;
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<byte> piece = rest[..Math.Min(rest.Length, PieceSize)];
                WebSocketMask.Copy(piece, _plain, _frame.Mask, offset);
                _scan.Take(_plain.AsSpan(0, piece.Length));
                offset += piece.Length;
                rest = rest[piece.Length..];
            }
        }
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
