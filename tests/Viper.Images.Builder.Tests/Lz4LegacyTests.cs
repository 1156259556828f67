using System.Text;
using Viper.Images.Builder.Kernel;

namespace Viper.Images.Builder.Tests;

public sealed class Lz4LegacyTests
{
    private static readonly byte[] s_magic = [0x02, 0x21, 0x4c, 0x18];

    [Fact]
    public void Unpack_LiteralsAlone_CopiesThem() => Assert.Equal("hello", Unpack([0x50, .. "hello"u8]));

    [Fact]
    public void Unpack_OverlappingMatch_RepeatsItsBeginning() =>
        Assert.Equal("abababababXYZXY", Unpack([0x24, .. "ab"u8, 2, 0, 0x50, .. "XYZXY"u8]));

    [Fact]
    public void Unpack_LongLengths_AddTheirBytes()
    {
        // 15 + 5 literals, a match of 4 + 15 + 255 + 1, then no literals.
        byte[] block = [0xff, 5, .. Encoding.ASCII.GetBytes(new string('a', 20)), 1, 0, 255, 1, 0x00];

        Assert.Equal(new string('a', 20 + 275), Unpack(block));
    }

    [Fact]
    public void Unpack_SeveralBlocks_AreJoined() => Assert.Equal("onetwo", Encoding.ASCII.GetString(Lz4Legacy.Unpack(Frame([0x30, .. "one"u8], [0x30, .. "two"u8]), 100)));

    [Fact]
    public void Unpack_MagicBetweenBlocks_IsSkipped()
    {
        byte[] frames = [.. Frame([0x30, .. "one"u8]), .. Frame([0x30, .. "two"u8])];

        Assert.Equal("onetwo", Encoding.ASCII.GetString(Lz4Legacy.Unpack(frames, 100)));
    }

    [Fact]
    public void Unpack_FromTheLz4ProgramOfKernels_IsTheSame()
    {
        byte[] kernelLike = new byte[9 << 20];
        Random random = new(3);
        for (int i = 0; i < kernelLike.Length; i++)
        {
            kernelLike[i] = (byte)(i % 4096 < 1000 ? random.Next(4) : i >> 6);
        }

        byte[] packed = TestLz4.Pack(kernelLike);

        Assert.True(packed.Length < kernelLike.Length);
        Assert.Equal(kernelLike, Lz4Legacy.Unpack(packed, 16 << 20));
    }

    [Theory]
    [InlineData(new byte[] { 0x60, 1 })]                   // more literals than the block has
    [InlineData(new byte[] { 0xf0 })]                      // a length that runs out
    [InlineData(new byte[] { 0x10, 65, 2, 0, 0x00 })]      // a match before the beginning
    [InlineData(new byte[] { 0x10, 65, 0, 0, 0x00 })]      // a match at distance 0
    [InlineData(new byte[] { 0x10, 65, 1 })]               // half an offset
    public void Unpack_DamagedBlock_Throws(byte[] block) => Assert.Throws<InvalidDataException>(() => Unpack(block));

    [Fact]
    public void Unpack_LargerThanTheLimit_Throws() => Assert.Throws<InvalidDataException>(() => Lz4Legacy.Unpack(Frame([0x50, .. "hello"u8]), 4));

    [Fact]
    public void Unpack_NoMagic_Throws() => Assert.Throws<InvalidDataException>(() => Lz4Legacy.Unpack([1, 2, 3, 4, 5], 100));

    [Fact]
    public void Unpack_CutAtEveryLength_ThrowsOrGivesABeginning()
    {
        byte[] frame = Frame([0x50, .. "hello"u8], [0x24, .. "ab"u8, 2, 0, 0x50, .. "XYZXY"u8]);
        for (int length = 0; length < frame.Length; length++)
        {
            if (length == 4 || length == 4 + 4 + 6)
            {
                continue; // a whole number of blocks
            }

            Assert.Throws<InvalidDataException>(() => Lz4Legacy.Unpack(frame.AsSpan(0, length), 100));
        }
    }

    [Fact]
    public void Unpack_ChangedAtRandom_ThrowsInvalidDataOrUnpacks()
    {
        byte[] frame = TestLz4.Pack([.. Enumerable.Range(0, 3_000).Select(i => (byte)(i / 7))]);
        Random random = new(20260101);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] changed = [.. frame];
            for (int change = 0; change < 3; change++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Lz4Legacy.Unpack(changed, 32 << 20);
            }
            catch (InvalidDataException)
            {
                // What most of them end in.
            }
        }
    }

    private static string Unpack(byte[] block) => Encoding.ASCII.GetString(Lz4Legacy.Unpack(Frame(block), 1 << 20));

    private static byte[] Frame(params byte[][] blocks) =>
        [.. s_magic, .. blocks.SelectMany(block => (byte[])[.. BitConverter.GetBytes(block.Length), .. block])];
}
