using System.Buffers.Binary;

namespace Viper.TestKit.Hypervisor;

/// <summary>Unpacks the "legacy" LZ4 frame in which Debian compresses its kernel.</summary>
/// <remarks>https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, section "Legacy frame".</remarks>
internal static class Lz4Legacy
{
    private const uint Magic = 0x184C2102;
    private const int BlockLimit = 8 * 1024 * 1024;

    public static byte[] Unpack(ReadOnlySpan<byte> frame)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic)
        {
            throw new InvalidDataException("The kernel is not compressed with legacy LZ4.");
        }

        frame = frame[4..];
        using MemoryStream output = new();
        byte[] block = new byte[BlockLimit];

        // What stands after the last block is the length of the whole, which the kernel build appends.
        while (frame.Length > 4)
        {
            int size = BinaryPrimitives.ReadInt32LittleEndian(frame);
            output.Write(block, 0, UnpackBlock(frame.Slice(4, size), block));
            frame = frame[(4 + size)..];
        }

        return output.ToArray();
    }

    private static int UnpackBlock(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int at = 0;
        int written = 0;
        while (true)
        {
            byte token = source[at++];
            int literals = Length(source, token >> 4, ref at);
            source.Slice(at, literals).CopyTo(target[written..]);
            at += literals;
            written += literals;
            if (at >= source.Length)
            {
                return written;
            }

            int offset = source[at] | (source[at + 1] << 8);
            at += 2;
            int match = Length(source, token & 15, ref at) + 4;

            // Byte by byte: a match may overlap what it writes.
            for (int i = 0; i < match; i++, written++)
            {
                target[written] = target[written - offset];
            }
        }
    }

    private static int Length(ReadOnlySpan<byte> source, int start, ref int at)
    {
        int length = start;
        if (start == 15)
        {
            byte more;
            do
            {
                more = source[at++];
                length += more;
            }
            while (more == 255);
        }

        return length;
    }
}
