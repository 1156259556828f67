using System.Buffers.Binary;

namespace Viper.Daemon.Relay;

/// <summary>Follows a stream of WebSocket frames without holding any of it, to know where one ends.</summary>
/// <remarks>RFC 6455 §5.2. Not thread-safe; one direction of one connection each.</remarks>
internal sealed class FrameTracker
{
    // Opcode and length, the longest extended length, the mask.
    private const int MaxHeader = 2 + 8 + 4;
    private const int CloseOpcode = 8;
    private const int ControlBit = 8;

    private readonly byte[] _header = new byte[MaxHeader];
    private int _have;
    private ulong _left;
    private bool _inPayload;
    private bool _hasData;

    /// <summary>Whether the bytes so far end with a whole frame.</summary>
    internal bool AtBoundary => _have == 0 && !_inPayload;

    /// <summary>Whether a whole close frame has passed.</summary>
    internal bool CloseSeen { get; private set; }

    /// <summary>Whether anything of a message has passed since this was asked last; pings, pongs and close frames are none.</summary>
    internal bool TakeData()
    {
        bool had = _hasData;
        _hasData = false;
        return had;
    }

    /// <summary>Takes the next bytes; returns how many of them end with a whole frame, or -1 where no frame ends in them.</summary>
    internal int Advance(ReadOnlySpan<byte> bytes)
    {
        int boundary = -1;
        int at = 0;
        while (at < bytes.Length)
        {
            if (!_inPayload)
            {
                if (!TakeHeader(bytes, ref at))
                {
                    break;
                }
            }

            _hasData |= (_header[0] & ControlBit) == 0;
            ulong taken = Math.Min(_left, (ulong)(bytes.Length - at));
            at += (int)taken;
            _left -= taken;
            if (_left == 0)
            {
                EndFrame();
                boundary = at;
            }
        }

        return boundary;
    }

    // True once the header is whole.
    private bool TakeHeader(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (true)
        {
            int needed = _have < 2 ? 2 : HeaderLength();
            if (_have == needed)
            {
                _left = PayloadLength();
                _inPayload = true;
                return true;
            }

            int taken = Math.Min(needed - _have, bytes.Length - at);
            if (taken == 0)
            {
                return false;
            }

            bytes.Slice(at, taken).CopyTo(_header.AsSpan(_have));
            _have += taken;
            at += taken;
        }
    }

    private int HeaderLength()
    {
        int extended = (_header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
        return 2 + extended + ((_header[1] & 0x80) != 0 ? 4 : 0);
    }

    private ulong PayloadLength() => (_header[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
        127 => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
        var length => (ulong)length,
    };

    private void EndFrame()
    {
        CloseSeen |= (_header[0] & 0x0F) == CloseOpcode;
        _inPayload = false;
        _have = 0;
    }
}
