using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Viper.Cdp.Protocol;

/// <summary>Writes frames as a client does: final, and masked (RFC 6455, 5.3).</summary>
internal static class FrameWriter
{
    /// <summary>The largest header: two bytes, a length of eight, a mask of four.</summary>
    internal const int MaxHeaderSize = 14;

    /// <summary>Writes the header of a final frame; returns its size. The mask is its last four bytes.</summary>
    internal static int WriteHeader(Span<byte> target, Opcode opcode, int length, uint mask)
    {
        target[0] = (byte)(0x80 | (byte)opcode);
        int size;
        if (length < 126)
        {
            target[1] = (byte)(0x80 | length);
            size = 2;
        }
        else if (length <= ushort.MaxValue)
        {
            target[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
            size = 4;
        }
        else
        {
            target[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)length);
            size = 10;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(target[size..], mask);
        return size + 4;
    }

    /// <summary>Applies the mask, whose bytes are in little-endian order, in place.</summary>
    internal static void Mask(Span<byte> payload, uint mask)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(payload);
        var wide = BitConverter.IsLittleEndian ? mask : BinaryPrimitives.ReverseEndianness(mask);
        var pattern = ((ulong)wide << 32) | wide;
        for (var i = 0; i < words.Length; i++)
        {
            words[i] ^= pattern;
        }

        for (var i = words.Length * sizeof(ulong); i < payload.Length; i++)
        {
            payload[i] ^= (byte)(mask >> (8 * (i & 3)));
        }
    }

    /// <summary>A fresh mask from the kernel's random numbers, which <see cref="Guid.NewGuid"/> takes its first bytes from.</summary>
    internal static uint NewMask()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
