namespace Viper.Images.Builder.Tests;

/// <summary>A simple LZ4 packer for test data: greedy, by a table of the last place of each four bytes.</summary>
internal static class TestLz4
{
    private const int BlockSize = 8 << 20;
    private const int LastLiterals = 12;

    internal static byte[] Pack(ReadOnlySpan<byte> data)
    {
        List<byte> frame = [0x02, 0x21, 0x4c, 0x18];
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> part = data[..Math.Min(BlockSize, data.Length)];
            byte[] block = PackBlock(part);
            frame.AddRange(BitConverter.GetBytes(block.Length));
            frame.AddRange(block);
            data = data[part.Length..];
        }

        return [.. frame];
    }

    private static byte[] PackBlock(ReadOnlySpan<byte> data)
    {
        List<byte> block = [];
        Dictionary<int, int> seen = [];
        int anchor = 0;
        int position = 0;
        while (position < data.Length - LastLiterals)
        {
            int key = BitConverter.ToInt32(data[position..]);
            int length = 0;
            if (seen.TryGetValue(key, out int before) && position - before <= ushort.MaxValue)
            {
                while (position + length < data.Length - LastLiterals && data[before + length] == data[position + length])
                {
                    length++;
                }
            }

            seen[key] = position;
            if (length < 4)
            {
                position++;
                continue;
            }

            AddSequence(block, data[anchor..position], position - before, length);
            position += length;
            anchor = position;
        }

        AddSequence(block, data[anchor..], 0, 4);
        return [.. block];
    }

    private static void AddSequence(List<byte> block, ReadOnlySpan<byte> literals, int offset, int match)
    {
        block.Add((byte)((Math.Min(literals.Length, 15) << 4) | (offset == 0 ? 0 : Math.Min(match - 4, 15))));
        AddLength(block, literals.Length);
        block.AddRange(literals);
        if (offset > 0)
        {
            block.AddRange(BitConverter.GetBytes((ushort)offset));
            AddLength(block, match - 4);
        }
    }

    private static void AddLength(List<byte> block, int length)
    {
        for (length -= 15; length >= 0; length -= 255)
        {
            block.Add((byte)Math.Min(length, 255));
        }
    }
}
