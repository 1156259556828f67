using System.Buffers.Binary;

namespace Viper.Images.Builder.Kernel;

/// <summary>Unpacks the "legacy" LZ4 frames in which Linux keeps its compressed kernel.</summary>
/// <remarks>
/// Magic 0x184C2102, then blocks of "u32 packed length, LZ4 sequences", each at most 8 MiB unpacked.
/// Source: lib/decompress_unlz4.c; the sequences: lz4_Block_format.md of the LZ4 project.
/// </remarks>
internal static class Lz4Legacy
{
    internal const uint Magic = 0x184C2102;
    private const int BlockLimit = 8 << 20;

    internal static byte[] Unpack(ReadOnlySpan<byte> packed, int unpackedLimit)
    {
        if (packed.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(packed) != Magic)
        {
            throw new InvalidDataException("This is not an LZ4 legacy frame.");
        }

        ReadOnlySpan<byte> rest = packed[4..];
        using MemoryStream unpacked = new();
        byte[] block = new byte[BlockLimit];
        while (rest.Length >= 4)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            rest = rest[4..];
            if (length == Magic)
            {
                continue;
            }

            if (length == 0 || length > rest.Length)
            {
                throw new InvalidDataException($"An LZ4 block announces {length} bytes, and {rest.Length} are left.");
            }

            int size = UnpackBlock(rest[..(int)length], block);
            if (unpacked.Length + size > unpackedLimit)
            {
                throw new InvalidDataException($"The LZ4 frame unpacks to more than {unpackedLimit} bytes.");
            }

            unpacked.Write(block, 0, size);
            rest = rest[(int)length..];
        }

        return rest.IsEmpty ? unpacked.ToArray() : throw new InvalidDataException("The LZ4 frame ends within the length of a block.");
    }

    // token (literals << 4 | match - 4), more literal length, literals, u16 offset, more match length
    private static int UnpackBlock(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int read = 0;
        int written = 0;
        while (read < source.Length)
        {
            byte token = source[read++];
            int literals = Length(source, ref read, token >> 4);
            if (literals > source.Length - read || literals > target.Length - written)
            {
                throw new InvalidDataException("An LZ4 literal runs past the end of its block.");
            }

            source.Slice(read, literals).CopyTo(target[written..]);
            read += literals;
            written += literals;
            if (read == source.Length)
            {
                break;
            }

            int offset = read + 2 <= source.Length ? BinaryPrimitives.ReadUInt16LittleEndian(source[read..]) : 0;
            read += 2;
            int match = offset > 0 && offset <= written
                ? Length(source, ref read, token & 15) + 4
                : throw new InvalidDataException("An LZ4 match points outside what is unpacked.");
            if (match > target.Length - written)
            {
                throw new InvalidDataException("An LZ4 match runs past the end of its block.");
            }

            Repeat(target, written, offset, match);
            written += match;
        }

        return written;
    }

    private static int Length(ReadOnlySpan<byte> source, ref int read, int length)
    {
        if (length < 15)
        {
            return length;
        }

        byte more;
        do
        {
            more = read < source.Length ? source[read++] : throw new InvalidDataException("An LZ4 length runs past the end of its block.");
            length += more;
            if (length > BlockLimit)
            {
                throw new InvalidDataException("An LZ4 length is larger than a block.");
            }
        }
        while (more == byte.MaxValue);

        return length;
    }

    // A match may overlap itself: then it repeats its own beginning, so it is copied a period at a time.
    private static void Repeat(Span<byte> target, int position, int offset, int length)
    {
        while (length > 0)
        {
            int part = Math.Min(offset, length);
            target.Slice(position - offset, part).CopyTo(target[position..]);
            position += part;
            length -= part;
        }
    }
}
