using System.Buffers;
using System.Buffers.Binary;

namespace Viper.Cdp.Frames;

/// <summary>The header of a frame (RFC 6455, 5.2).</summary>
/// <remarks>FIN RSV1-3 opcode(4) | MASK length(7) | [length(16) or length(64)] | [mask(32)].</remarks>
/// <param name="IsFinal">Whether the frame ends its message.</param>
/// <param name="Opcode">The kind.</param>
/// <param name="IsMasked">Whether the payload is masked.</param>
/// <param name="Mask">The mask, its first byte the lowest; 0 where there is none.</param>
/// <param name="Length">The payload's length in bytes.</param>
public readonly record struct WebSocketFrameHeader(bool IsFinal, WebSocketOpcode Opcode, bool IsMasked, uint Mask, long Length)
{
    /// <summary>The largest header: two bytes, a length of eight, a mask of four.</summary>
    public const int MaxSize = 14;

    /// <summary>The longest payload of a close, ping or pong frame, in bytes.</summary>
    public const int MaxControlLength = 125;

    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte Masked = 0x80;
    private const byte Short = 126;
    private const byte Long = 127;

    /// <summary>Gets a value indicating whether this is a close, ping or pong frame.</summary>
    public bool IsControl => Opcode >= WebSocketOpcode.Close;

    /// <summary>Gets the size of this header in bytes.</summary>
    public int Size => (Length < Short ? 2 : Length <= ushort.MaxValue ? 4 : 10) + (IsMasked ? 4 : 0);

    /// <summary>Reads a header.</summary>
    /// <param name="data">Bytes from the header's first on; what follows it is not looked at.</param>
    /// <param name="header">The header, when it is whole.</param>
    /// <returns>
    /// <see cref="OperationStatus.InvalidData"/> for reserved bits or kinds, a control frame that is fragmented or long, and a length
    /// not in its shortest form.
    /// </returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> data, out WebSocketFrameHeader header)
    {
        header = default;
        if (data.Length < 2)
        {
            return OperationStatus.NeedMoreData;
        }

        var opcode = (WebSocketOpcode)(data[0] & 0x0f);
        var small = data[1] & 0x7f;
        var isFinal = (data[0] & Final) != 0;
        if ((data[0] & Reserved) != 0
            || opcode is (> WebSocketOpcode.Binary and < WebSocketOpcode.Close) or > WebSocketOpcode.Pong
            || (opcode >= WebSocketOpcode.Close && (!isFinal || small > MaxControlLength)))
        {
            return OperationStatus.InvalidData;
        }

        var isMasked = (data[1] & Masked) != 0;
        var sizeOfLength = small switch { Short => 2, Long => 8, _ => 0 };
        var size = 2 + sizeOfLength + (isMasked ? 4 : 0);
        if (data.Length < size)
        {
            return OperationStatus.NeedMoreData;
        }

        var length = small switch
        {
            Short => BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
            Long => BinaryPrimitives.ReadInt64BigEndian(data[2..]),
            _ => small,
        };
        header = new WebSocketFrameHeader(
            isFinal, opcode, isMasked, isMasked ? BinaryPrimitives.ReadUInt32LittleEndian(data[(2 + sizeOfLength)..]) : 0, length);
        return length >= 0 && header.Size == size ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="target">Room for <see cref="Size"/> bytes.</param>
    /// <returns>The number of bytes that were written.</returns>
    public int Write(Span<byte> target)
    {
        target[0] = (byte)((IsFinal ? Final : 0) | (byte)Opcode);
        var masked = IsMasked ? Masked : (byte)0;
        int size;
        if (Length < Short)
        {
            target[1] = (byte)(masked | (byte)Length);
            size = 2;
        }
        else if (Length <= ushort.MaxValue)
        {
            target[1] = (byte)(masked | Short);
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)Length);
            size = 4;
        }
        else
        {
            target[1] = (byte)(masked | Long);
            BinaryPrimitives.WriteInt64BigEndian(target[2..], Length);
            size = 10;
        }

        if (IsMasked)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[size..], Mask);
            size += 4;
        }

        return size;
    }
}
