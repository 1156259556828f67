using System.Buffers.Binary;
using System.IO.Compression;

namespace Viper.Images.Builder.Kernel;

/// <summary>The kernel file that Debian ships, and the ELF kernel inside it.</summary>
/// <remarks>Source: Documentation/arch/x86/boot.rst, protocol 2.08 and later: payload_offset and payload_length.</remarks>
internal static class BzImage
{
    private const int SetupSectors = 0x1f1;
    private const int HeaderMagic = 0x202;
    private const int ProtocolVersion = 0x206;
    private const int PayloadOffset = 0x248;
    private const int PayloadLength = 0x24c;
    private const int HeaderEnd = 0x250;
    private const int UnpackedLimit = 512 << 20;

    /// <summary>Unpacks the ELF kernel (vmlinux) that a bzImage carries.</summary>
    /// <exception cref="InvalidDataException">It is not a bzImage, is damaged, or is packed in a way that is not known here.</exception>
    internal static byte[] ExtractVmlinux(ReadOnlySpan<byte> image)
    {
        byte[] kernel = Unpack(Payload(image));
        return kernel.AsSpan().StartsWith("\x7f"u8) && kernel.AsSpan(1).StartsWith("ELF"u8)
            ? kernel
            : throw new InvalidDataException("What the bzImage carries is not an ELF kernel.");
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> image)
    {
        if (image.Length < HeaderEnd || !image[HeaderMagic..].StartsWith("HdrS"u8))
        {
            throw new InvalidDataException("This is not a bzImage.");
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(image[ProtocolVersion..]);
        if (version < 0x208)
        {
            throw new InvalidDataException($"The bzImage follows boot protocol {version >> 8}.{version & 255:D2}, which does not say where the kernel is.");
        }

        int sectors = image[SetupSectors] == 0 ? 4 : image[SetupSectors];
        long start = ((sectors + 1) * 512L) + BinaryPrimitives.ReadUInt32LittleEndian(image[PayloadOffset..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(image[PayloadLength..]);
        return length >= 8 && start + length <= image.Length
            ? image.Slice((int)start, (int)length)
            : throw new InvalidDataException($"The bzImage announces a kernel of {length} bytes at {start}, and is {image.Length} bytes long.");
    }

    private static byte[] Unpack(ReadOnlySpan<byte> payload)
    {
        // The last four bytes are the unpacked length, put there by the kernel's build.
        int announced = BinaryPrimitives.ReadInt32LittleEndian(payload[^4..]);
        ReadOnlySpan<byte> packed = payload[..^4];
        byte[] kernel = BinaryPrimitives.ReadUInt32LittleEndian(packed) switch
        {
            Lz4Legacy.Magic => Lz4Legacy.Unpack(packed, UnpackedLimit),
            uint magic when (magic & 0xffff) == 0x8b1f => Inflate(payload),
            uint magic when magic == 0x464c457f => packed.ToArray(),
            uint magic => throw new InvalidDataException($"The kernel is packed in a way that is not known here (it begins with 0x{magic:x8}); LZ4, gzip and none are."),
        };
        return announced == kernel.Length || packed[0] == 0x7f
            ? kernel
            : throw new InvalidDataException($"The kernel unpacks to {kernel.Length} bytes and should be {announced}.");
    }

    // gzip carries the length in its own last four bytes, so nothing is appended there.
    private static byte[] Inflate(ReadOnlySpan<byte> payload)
    {
        using MemoryStream source = new(payload.ToArray());
        using GZipStream gzip = new(source, CompressionMode.Decompress);
        using MemoryStream target = new();
        gzip.CopyTo(target);
        return target.ToArray();
    }
}
