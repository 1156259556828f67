using System.Buffers;

namespace Viper.Cdp.Frames;

/// <summary>Takes frames out of received bytes and judges their order and size; it does no reading of its own.</summary>
/// <remarks>
/// Frames up to <see cref="WholeBytes"/> and all control frames come whole; a longer one comes in pieces, as its bytes come.
/// Whether texts are UTF-8 is left to who reads them. For one thread.
/// </remarks>
public sealed class WebSocketFrameParser
{
    private readonly WebSocketRole _role;
    private readonly WebSocketLimits _limits;

    private WebSocketFrameHeader _header;
    private long _offset = -1;
    private bool _within;
    private bool _isClosed;
    private long _messageBytes;
    private int _fragments;

    /// <summary>Makes a parser for what one side of a connection receives.</summary>
    /// <param name="role">The side that receives.</param>
    /// <param name="limits">What the peer may send at most.</param>
    /// <param name="wholeBytes">Frames up to this length come whole; what reads into the parser's buffer must be able to hold as much.</param>
    public WebSocketFrameParser(WebSocketRole role, WebSocketLimits? limits = null, int wholeBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wholeBytes);
        _role = role;
        _limits = limits ?? WebSocketLimits.Default;
        WholeBytes = Math.Max(wholeBytes, WebSocketFrameHeader.MaxControlLength);
    }

    /// <summary>Gets the length in bytes up to which frames come whole.</summary>
    public int WholeBytes { get; }

    /// <summary>Gets a value indicating whether the next byte begins a frame, and no message is unfinished.</summary>
    public bool IsBetweenMessages => _offset < 0 && !_within;

    /// <summary>Takes the next frame or piece out of the buffer.</summary>
    /// <param name="buffer">What was received; what is taken is cut off its front.</param>
    /// <param name="piece">What was taken.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="CdpFrameException">The peer broke the protocol or a limit.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out WebSocketPiece piece)
    {
        piece = default;
        if (_offset < 0)
        {
            if (!TryReadHeader(ref buffer))
            {
                return false;
            }

            _offset = 0;
        }

        var left = _header.Length - _offset;
        var length = Math.Min(left, buffer.Length);
        if (length < left && (length == 0 || _header.Length <= WholeBytes))
        {
            return false;
        }

        piece = new WebSocketPiece(_header, _offset, buffer.Slice(0, length));
        buffer = buffer.Slice(length);
        _offset = length == left ? -1 : _offset + length;
        return true;
    }

    private bool TryReadHeader(ref ReadOnlySequence<byte> buffer)
    {
        var first = buffer.FirstSpan;
        var status = WebSocketFrameHeader.TryRead(first, out _header);
        if (status == OperationStatus.NeedMoreData && buffer.Length > first.Length)
        {
            Span<byte> joined = stackalloc byte[WebSocketFrameHeader.MaxSize];
            var size = (int)Math.Min(joined.Length, buffer.Length);
            buffer.Slice(0, size).CopyTo(joined);
            status = WebSocketFrameHeader.TryRead(joined[..size], out _header);
        }

        switch (status)
        {
            case OperationStatus.NeedMoreData:
                return false;
            case OperationStatus.InvalidData:
                throw Violation("a frame that RFC 6455 does not allow");
            default:
                Judge();
                buffer = buffer.Slice(_header.Size);
                return true;
        }
    }

    private void Judge()
    {
        if (_isClosed)
        {
            throw Violation("a frame after its close frame");
        }

        if (_header.IsMasked != (_role == WebSocketRole.Server))
        {
            throw Violation(_header.IsMasked ? "a masked frame, as only clients do" : "a frame without a mask, as only servers do");
        }

        if (_header.IsControl)
        {
            _isClosed = _header.Opcode == WebSocketOpcode.Close;
            return;
        }

        if (_header.Opcode == WebSocketOpcode.Continuation != _within)
        {
            throw Violation(_within ? "a new message within another" : "the continuation of nothing");
        }

        if (!_within)
        {
            _messageBytes = 0;
            _fragments = 0;
        }

        if (_header.Length > _limits.MaxMessageBytes - _messageBytes)
        {
            throw new CdpFrameException(WebSocketCloseCode.TooBig, $"sent a message larger than {_limits.MaxMessageBytes} bytes");
        }

        if (++_fragments > _limits.MaxFragments)
        {
            throw new CdpFrameException(WebSocketCloseCode.TooBig, $"sent a message of more than {_limits.MaxFragments} fragments");
        }

        _messageBytes += _header.Length;
        _within = !_header.IsFinal;
    }

    private static CdpFrameException Violation(string what) => new(WebSocketCloseCode.ProtocolError, $"sent {what}");
}
