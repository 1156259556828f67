using System.Buffers.Binary;

namespace Viper.Bench.Hypervisor;

/// <summary>A kernel of three instructions, as an ELF file with a PVH entry: it switches interrupts off and halts.</summary>
/// <remarks>elf(5); the note is XEN_ELFNOTE_PHYS32_ENTRY of xen/include/public/elfnote.h.</remarks>
internal static class TinyKernel
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int NoteAt = HeaderSize + (2 * ProgramHeaderSize);
    private const int NoteSize = 24;
    private const int CodeAt = 0x1000;
    private const long Address = 0x100000;
    private const int PhysicalEntry = 18;

    // cli; hlt; jmp to the hlt.
    private static readonly byte[] s_code = [0xFA, 0xF4, 0xEB, 0xFD];

    public static byte[] Make()
    {
        byte[] file = new byte[CodeAt + s_code.Length];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        Short(file, 16, 2); // ET_EXEC
        Short(file, 18, 62); // EM_X86_64
        Int(file, 20, 1);
        Long(file, 24, Address);
        Long(file, 32, HeaderSize);
        Short(file, 52, HeaderSize);
        Short(file, 54, ProgramHeaderSize);
        Short(file, 56, 2);
        Segment(file, HeaderSize, type: 1, flags: 5, CodeAt, Address, s_code.Length, 0x1000); // PT_LOAD
        Segment(file, HeaderSize + ProgramHeaderSize, type: 4, flags: 4, NoteAt, 0, NoteSize, 4); // PT_NOTE
        Int(file, NoteAt, 4);
        Int(file, NoteAt + 4, 8);
        Int(file, NoteAt + 8, PhysicalEntry);
        "Xen\0"u8.CopyTo(file.AsSpan(NoteAt + 12));
        Long(file, NoteAt + 16, Address);
        s_code.CopyTo(file, CodeAt);
        return file;
    }

    private static void Segment(byte[] file, int at, int type, int flags, long offset, long address, long size, long alignment)
    {
        Int(file, at, type);
        Int(file, at + 4, flags);
        Long(file, at + 8, offset);
        Long(file, at + 16, address);
        Long(file, at + 24, address);
        Long(file, at + 32, size);
        Long(file, at + 40, size);
        Long(file, at + 48, alignment);
    }

    private static void Short(byte[] file, int at, short value) => BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), value);

    private static void Int(byte[] file, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);

    private static void Long(byte[] file, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), value);
}
