using System.Buffers;
using System.Buffers.Binary;

namespace Viper.Cdp.Protocol;

/// <summary>The header of a frame that a server sends (RFC 6455, 5.2).</summary>
/// <remarks>FIN RSV1-3 opcode(4) | MASK length(7) | [length(16) or length(64)].</remarks>
internal readonly record struct FrameHeader(bool IsFinal, Opcode Opcode, ulong Length)
{
    internal const int MaxSize = 10;
    private const int MaxControlLength = 125;

    internal bool IsControl => Opcode >= Opcode.Close;

    /// <summary>Reads a header: whole, not yet here, or not allowed from a server without extensions.</summary>
    internal static OperationStatus TryRead(ReadOnlySpan<byte> data, out FrameHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        if (data.Length < 2)
        {
            return OperationStatus.NeedMoreData;
        }

        var opcode = (Opcode)(data[0] & 0x0f);
        var reserved = (data[0] & 0x70) != 0;
        var masked = (data[1] & 0x80) != 0;
        if (reserved || masked || !Enum.IsDefined(opcode))
        {
            return OperationStatus.InvalidData;
        }

        var small = data[1] & 0x7f;
        var size = small switch { 126 => 4, 127 => 10, _ => 2 };
        if (data.Length < size)
        {
            return OperationStatus.NeedMoreData;
        }

        var length = small switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(data[2..]),
            _ => (ulong)small,
        };
        header = new FrameHeader((data[0] & 0x80) != 0, opcode, length);
        if (length > long.MaxValue || (header.IsControl && (!header.IsFinal || length > MaxControlLength)))
        {
            return OperationStatus.InvalidData;
        }

        consumed = size;
        return OperationStatus.Done;
    }
}
