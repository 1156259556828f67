using System.IO.Compression;
using Viper.Images.Builder.Kernel;

namespace Viper.Images.Builder.Tests;

public sealed class BzImageTests
{
    private static readonly byte[] s_kernel = [0x7f, .. "ELF and then the rest of a kernel, a kernel, a kernel, a kernel"u8];

    [Fact]
    public void ExtractVmlinux_Lz4_GivesTheKernel() => Assert.Equal(s_kernel, BzImage.ExtractVmlinux(Image([.. TestLz4.Pack(s_kernel), .. BitConverter.GetBytes(s_kernel.Length)])));

    [Fact]
    public void ExtractVmlinux_Gzip_GivesTheKernel()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(s_kernel);
        }

        Assert.Equal(s_kernel, BzImage.ExtractVmlinux(Image(packed.ToArray())));
    }

    [Fact]
    public void ExtractVmlinux_OtherLength_Throws() =>
        Assert.Contains("should be 7", Fails(Image([.. TestLz4.Pack(s_kernel), 7, 0, 0, 0])), StringComparison.Ordinal);

    [Fact]
    public void ExtractVmlinux_UnknownPacking_NamesItsBeginning() =>
        Assert.Contains("0xfd2fb528", Fails(Image([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0])), StringComparison.Ordinal);

    [Fact]
    public void ExtractVmlinux_NotElfInside_Throws()
    {
        byte[] other = new byte[64];

        Assert.Contains("not an ELF kernel", Fails(Image([.. TestLz4.Pack(other), 64, 0, 0, 0])), StringComparison.Ordinal);
    }

    [Fact]
    public void ExtractVmlinux_OldProtocol_Throws()
    {
        byte[] image = Image([.. TestLz4.Pack(s_kernel), .. BitConverter.GetBytes(s_kernel.Length)]);
        image[0x206] = 7;

        Assert.Contains("2.07", Fails(image), StringComparison.Ordinal);
    }

    [Fact]
    public void ExtractVmlinux_CutAtEveryLength_Throws()
    {
        byte[] image = Image([.. TestLz4.Pack(s_kernel), .. BitConverter.GetBytes(s_kernel.Length)]);
        for (int length = 0; length < image.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => BzImage.ExtractVmlinux(image.AsSpan(0, length)));
        }
    }

    [Fact]
    public void ExtractVmlinux_HeaderChangedAtRandom_ThrowsInvalidDataOrReads()
    {
        byte[] image = Image([.. TestLz4.Pack(s_kernel), .. BitConverter.GetBytes(s_kernel.Length)]);
        Random random = new(20260101);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] changed = [.. image];
            changed[0x1f1 + random.Next(0x60)] = (byte)random.Next(256);
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                BzImage.ExtractVmlinux(changed);
            }
            catch (InvalidDataException)
            {
                // What most of them end in.
            }
        }
    }

    private static string Fails(byte[] image) => Assert.Throws<InvalidDataException>(() => BzImage.ExtractVmlinux(image)).Message;

    // One setup sector, protocol 2.15, the payload 16 bytes after the setup.
    private static byte[] Image(byte[] payload)
    {
        byte[] image = new byte[1024 + 16 + payload.Length];
        image[0x1f1] = 1;
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        image[0x206] = 0x0f;
        image[0x207] = 0x02;
        BitConverter.TryWriteBytes(image.AsSpan(0x248), 16);
        BitConverter.TryWriteBytes(image.AsSpan(0x24c), payload.Length);
        payload.CopyTo(image, 1024 + 16);
        return image;
    }
}
