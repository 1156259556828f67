using System.Buffers.Binary;

namespace Viper.Agent.DevTools;

/// <summary>
/// Follows the frames in a stream of relayed bytes without keeping them: only so far that it is known where one
/// frame has ended, since nothing may be put in elsewhere (RFC 6455, 5.2).
/// </summary>
internal sealed class FrameTracker
{
    private const int MaxHeader = 14;
    private const int CloseOpcode = 8;

    private readonly byte[] _header = new byte[MaxHeader];
    private int _headerLength;
    private ulong _payloadLeft;

    /// <summary>Gets a value indicating whether the bytes so far end where a frame ends.</summary>
    internal bool AtBoundary => _headerLength == 0 && _payloadLeft == 0;

    /// <summary>Gets a value indicating whether a close frame has begun.</summary>
    internal bool CloseSeen { get; private set; }

    internal void Advance(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_payloadLeft > 0)
            {
                var step = (int)Math.Min(_payloadLeft, (ulong)data.Length);
                _payloadLeft -= (uint)step;
                data = data[step..];
                continue;
            }

            _header[_headerLength++] = data[0];
            data = data[1..];
            if (_headerLength >= 2 && _headerLength == HeaderSize())
            {
                _payloadLeft = PayloadSize();
                CloseSeen |= (_header[0] & 0x0f) == CloseOpcode;
                _headerLength = 0;
            }
        }
    }

    private int HeaderSize() => 2 + (_header[1] & 0x7f) switch
    {
        126 => 2,
        127 => 8,
        _ => 0,
    } + ((_header[1] & 0x80) != 0 ? 4 : 0);

    private ulong PayloadSize() => (_header[1] & 0x7f) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
        127 => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
        var length => (ulong)length,
    };
}
