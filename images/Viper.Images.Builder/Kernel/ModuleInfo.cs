using System.Buffers.Binary;
using System.Text;

namespace Viper.Images.Builder.Kernel;

/// <summary>What a kernel module says of itself in its ELF section <c>.modinfo</c>: "key=value" strings, each ended by a zero.</summary>
internal static class ModuleInfo
{
    // Elf64_Ehdr and Elf64_Shdr of linux/elf.h
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int SectionTableOffset = 0x28;
    private const int SectionCountOffset = 0x3c;
    private const int NamesIndexOffset = 0x3e;

    /// <summary>The names of the modules that this one stands on.</summary>
    /// <exception cref="InvalidDataException">It is not a 64-bit little-endian ELF file with a .modinfo section.</exception>
    internal static IReadOnlyList<string> ReadDependencies(ReadOnlySpan<byte> module)
    {
        ReadOnlySpan<byte> info = FindSection(module, ".modinfo"u8);
        foreach (string entry in Encoding.UTF8.GetString(info).Split('\0'))
        {
            if (entry.StartsWith("depends=", StringComparison.Ordinal))
            {
                return [.. entry["depends=".Length..].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(ModuleOrder.Normalise)];
            }
        }

        return [];
    }

    private static ReadOnlySpan<byte> FindSection(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        if (file.Length < HeaderSize || !file.StartsWith("\x7f"u8) || !file[1..].StartsWith("ELF\x02\x01"u8))
        {
            throw new InvalidDataException("This is not a kernel module: not a 64-bit little-endian ELF file.");
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(file[SectionTableOffset..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[SectionCountOffset..]);
        int names = BinaryPrimitives.ReadUInt16LittleEndian(file[NamesIndexOffset..]);
        if (table > (ulong)file.Length || (ulong)(count * SectionSize) > (ulong)file.Length - table || names >= count)
        {
            throw new InvalidDataException("This is not a kernel module: its section table lies outside it.");
        }

        ReadOnlySpan<byte> headers = file.Slice((int)table, count * SectionSize);
        ReadOnlySpan<byte> strings = Content(file, headers.Slice(names * SectionSize, SectionSize));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = headers.Slice(i * SectionSize, SectionSize);
            uint nameOffset = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (nameOffset < strings.Length && strings[(int)nameOffset..].StartsWith(name)
                && strings.Length > nameOffset + name.Length && strings[(int)nameOffset + name.Length] == 0)
            {
                return Content(file, header);
            }
        }

        throw new InvalidDataException("This is not a kernel module: it has no .modinfo section.");
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file, ReadOnlySpan<byte> header)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]);
        return offset <= (ulong)file.Length && size <= (ulong)file.Length - offset
            ? file.Slice((int)offset, (int)size)
            : throw new InvalidDataException("This is not a kernel module: a section lies outside it.");
    }
}
