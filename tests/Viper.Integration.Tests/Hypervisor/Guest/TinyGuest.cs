using System.Buffers.Binary;

namespace Viper.Integration.Tests.Hypervisor.Guest;

/// <summary>A guest of some 400 bytes, entered by PVH: it talks over the serial port and answers one character at a time.</summary>
/// <remarks>
/// It prints "guest: up", then for each character: q powers off, r resets, i counts (and says the count), anything else is echoed.
/// The first character of its command line names the machine, since each has its own registers for power:
/// m QEMU's microvm (ACPI generic event device, hw/acpi/generic_event_device.c), q QEMU's q35 (ICH9 power management at 0x600, ACPI
/// PCI hot-plug at 0xcc0, docs/specs/acpi_pci_hotplug.rst), c Cloud Hypervisor (ACPI shutdown device at 0x600).
/// On q35 it ejects a device as soon as it is asked to, as an ACPI system does.
/// PVH: https://xenbits.xen.org/docs/unstable/misc/pvh.html. 32-bit flat segments, ebx points to the start information.
/// </remarks>
internal static class TinyGuest
{
    private const uint Origin = 0x100000;
    private const ushort SerialData = 0x3f8;
    private const ushort SerialStatus = 0x3fd;
    private const uint GedSelector = 0xfea00000;
    private const uint GedSleep = GedSelector + 0x200;
    private const byte SleepS5 = 0x34;

    /// <summary>An ELF file for -kernel.</summary>
    /// <param name="greeting">What it prints when it is up, in ASCII.</param>
    public static byte[] Build(string greeting = "guest: up\n")
    {
        X86Code code = new(Origin);
        WriteStart(code);
        WriteLoop(code);
        WriteCommands(code);
        WriteSay(code);
        code.Text("up", greeting);
        code.Text("button text", "guest: power button\n");
        code.Text("off text", "guest: off\n");
        code.Place("echo text");
        code.Bytes("guest: echo "u8);
        code.Place("echoed");
        code.Bytes(" \n\0"u8);
        code.Place("no interrupts");
        code.Bytes(0, 0, 0, 0, 0, 0, 0, 0);
        code.Place("kind");
        code.Bytes(0);
        code.Place("count");
        code.Bytes((byte)'0');
        return Wrap(code.ToArray());
    }

    private static void WriteStart(X86Code code)
    {
        code.Bytes(0xbc, 0x00, 0xf0, 0x1f, 0x00);        // mov esp, 0x1ff000
        code.Bytes(0x8b, 0x73, 24);                      // mov esi, [ebx+24]: cmdline_paddr
        code.Bytes(0x8a, 0x06);                          // mov al, [esi]
        code.WriteAl("kind");
        code.IfAl((byte)'q', "enable button");
        code.JumpTo("greet");
        code.Place("enable button");
        code.LoadA(0x100);
        code.Out16(0x602);
        code.Place("greet");
        code.CallWith("up", "say");
    }

    private static void WriteLoop(X86Code code)
    {
        code.Place("loop");
        code.In8(SerialStatus);
        code.Bytes(0xa8, 0x01);                          // test al, 1: a character has come
        code.Jump("got", 0x0f, 0x85);
        code.ReadAl("kind");
        code.IfAl((byte)'m', "microvm");
        code.IfAl((byte)'q', "q35");
        code.JumpTo("loop");

        code.Place("microvm");
        code.ReadA(GedSelector);
        code.IfAnyA(2, "button");
        code.JumpTo("loop");

        code.Place("q35");
        code.In16(0x600);
        code.IfAnyA(0x100, "button");
        code.Bytes(0x31, 0xc9);                          // xor ecx, ecx
        code.Place("next bus");
        code.Bytes(0x89, 0xc8);                          // mov eax, ecx
        code.Out32(0xcd0);                               // the bus
        code.In32(0xcc4);                                // slots that shall be ejected
        code.Bytes(0x85, 0xc0);                          // test eax, eax
        code.Jump("nothing there", 0x0f, 0x84);
        code.Out32(0xcc8);                               // eject
        code.Place("nothing there");
        code.Bytes(0x41, 0x83, 0xf9, 8);                 // inc ecx; cmp ecx, 8
        code.Jump("next bus", 0x0f, 0x82);
        code.JumpTo("loop");
    }

    private static void WriteCommands(X86Code code)
    {
        code.Place("got");
        code.In8(SerialData);
        code.IfAl((byte)'q', "quit");
        code.IfAl((byte)'r', "reset");
        code.IfAl((byte)'i', "increment");
        code.JumpTo("echo");
        code.Place("increment");
        code.Increment("count");
        code.ReadAl("count");
        code.Place("echo");
        code.WriteAl("echoed");
        code.CallWith("echo text", "say");
        code.JumpTo("loop");

        code.Place("button");
        code.CallWith("button text", "say");
        code.JumpTo("off");
        code.Place("quit");
        code.CallWith("off text", "say");
        code.Place("off");
        code.ReadAl("kind");
        code.IfAl((byte)'m', "off microvm");
        code.IfAl((byte)'q', "off q35");
        code.LoadA(SleepS5);
        code.Out8(0x600);
        code.JumpTo("loop");
        code.Place("off microvm");
        code.WriteByte(GedSleep, SleepS5);
        code.JumpTo("loop");
        code.Place("off q35");
        code.LoadA(0x2000);
        code.Out16(0x604);
        code.JumpTo("loop");

        // A fault without a table of handlers, thrice, is a reset on every machine.
        code.Place("reset");
        code.LoadInterruptTable("no interrupts");
        code.Bytes(0xcc);
    }

    private static void WriteSay(X86Code code)
    {
        code.Place("say");
        code.In8(SerialStatus);
        code.Bytes(0xa8, 0x20);                          // test al, 0x20: ready to send
        code.Jump("say", 0x0f, 0x84);
        code.Bytes(0xac, 0x84, 0xc0);                    // lodsb; test al, al
        code.Jump("said", 0x0f, 0x84);
        code.Out8(SerialData);
        code.JumpTo("say");
        code.Place("said");
        code.Bytes(0xc3);
    }

    // ELF-64 (elf(5)) with one segment to load, and the note XEN_ELFNOTE_PHYS32_ENTRY (18) that names the entry.
    private static byte[] Wrap(byte[] code)
    {
        const int HeaderSize = 64;
        const int ProgramHeaderSize = 56;
        const int NoteOffset = HeaderSize + (2 * ProgramHeaderSize);
        const int NoteSize = 20;
        const int CodeOffset = 0x1000;
        byte[] file = new byte[CodeOffset + code.Length];
        Span<byte> header = file;
        "\u007fELF"u8.CopyTo(header);
        header[4] = 2;                                   // 64-bit
        header[5] = 1;                                   // little-endian
        header[6] = 1;
        Put16(header[16..], 2);                          // ET_EXEC
        Put16(header[18..], 62);                         // EM_X86_64
        Put32(header[20..], 1);
        Put32(header[24..], Origin);
        Put32(header[32..], HeaderSize);
        Put16(header[52..], HeaderSize);
        Put16(header[54..], ProgramHeaderSize);
        Put16(header[56..], 2);
        Put16(header[58..], 64);                         // the size of section headers, of which there are none
        WriteSegment(header[HeaderSize..], type: 1, flags: 7, CodeOffset, Origin, code.Length, align: 0x1000);
        WriteSegment(header[(HeaderSize + ProgramHeaderSize)..], type: 4, flags: 4, NoteOffset, 0, NoteSize, align: 4);
        Span<byte> note = header.Slice(NoteOffset, NoteSize);
        Put32(note, 4);
        Put32(note[4..], 4);
        Put32(note[8..], 18);
        "Xen\0"u8.CopyTo(note[12..]);
        Put32(note[16..], Origin);
        code.CopyTo(file, CodeOffset);
        return file;
    }

    private static void WriteSegment(Span<byte> header, uint type, uint flags, uint offset, uint address, int size, uint align)
    {
        Put32(header, type);
        Put32(header[4..], flags);
        Put32(header[8..], offset);
        Put32(header[16..], address);
        Put32(header[24..], address);
        Put32(header[32..], (uint)size);
        Put32(header[40..], (uint)size);
        Put32(header[48..], align);
    }

    private static void Put16(Span<byte> to, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(to, value);

    private static void Put32(Span<byte> to, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(to, value);
}
