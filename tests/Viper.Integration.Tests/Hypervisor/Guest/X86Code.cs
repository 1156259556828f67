using System.Buffers.Binary;

namespace Viper.Integration.Tests.Hypervisor.Guest;

/// <summary>Assembles the few 32-bit instructions that a tiny guest needs. Opcodes: Intel SDM, volume 2.</summary>
/// <remarks>Jumps are near (32-bit), and labels may be used before they are placed.</remarks>
internal sealed class X86Code(uint origin)
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, uint> _labels = [];
    private readonly List<(int At, string Label, bool Relative)> _fixups = [];

    public void Place(string label) => _labels.Add(label, origin + (uint)_bytes.Count);

    public void Bytes(params ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public void Text(string label, string text)
    {
        Place(label);
        Bytes([.. System.Text.Encoding.ASCII.GetBytes(text), 0]);
    }

    /// <summary>mov edx, port; in al, dx.</summary>
    public void In8(ushort port) => Port(port, 0xec);

    /// <summary>mov edx, port; in ax, dx.</summary>
    public void In16(ushort port) => Port(port, 0x66, 0xed);

    /// <summary>mov edx, port; in eax, dx.</summary>
    public void In32(ushort port) => Port(port, 0xed);

    /// <summary>mov edx, port; out dx, al.</summary>
    public void Out8(ushort port) => Port(port, 0xee);

    /// <summary>mov edx, port; out dx, ax.</summary>
    public void Out16(ushort port) => Port(port, 0x66, 0xef);

    /// <summary>mov edx, port; out dx, eax.</summary>
    public void Out32(ushort port) => Port(port, 0xef);

    /// <summary>mov eax, value.</summary>
    public void LoadA(uint value)
    {
        Bytes(0xb8);
        Word(value);
    }

    /// <summary>mov eax, [address].</summary>
    public void ReadA(uint address)
    {
        Bytes(0xa1);
        Word(address);
    }

    /// <summary>mov byte [address], value.</summary>
    public void WriteByte(uint address, byte value)
    {
        Bytes(0xc6, 0x05);
        Word(address);
        Bytes(value);
    }

    /// <summary>mov al, [label].</summary>
    public void ReadAl(string label) => WithAddress(label, 0xa0);

    /// <summary>mov [label], al.</summary>
    public void WriteAl(string label) => WithAddress(label, 0xa2);

    /// <summary>inc byte [label].</summary>
    public void Increment(string label) => WithAddress(label, 0xfe, 0x05);

    /// <summary>lidt [label].</summary>
    public void LoadInterruptTable(string label) => WithAddress(label, 0x0f, 0x01, 0x1d);

    /// <summary>cmp al, value; je label.</summary>
    public void IfAl(byte value, string label)
    {
        Bytes(0x3c, value);
        Jump(label, 0x0f, 0x84);
    }

    /// <summary>test eax, bits; jnz label.</summary>
    public void IfAnyA(uint bits, string label)
    {
        Bytes(0xa9);
        Word(bits);
        Jump(label, 0x0f, 0x85);
    }

    /// <summary>mov esi, text; call label.</summary>
    public void CallWith(string text, string label)
    {
        WithAddress(text, 0xbe);
        Jump(label, 0xe8);
    }

    public void JumpTo(string label) => Jump(label, 0xe9);

    /// <summary>A jump with the given opcode.</summary>
    public void Jump(string label, params ReadOnlySpan<byte> opcode)
    {
        Bytes(opcode);
        _fixups.Add((_bytes.Count, label, Relative: true));
        Word(0);
    }

    public byte[] ToArray()
    {
        byte[] code = [.. _bytes];
        foreach ((int at, string label, bool relative) in _fixups)
        {
            uint target = _labels[label];
            uint value = relative ? target - (origin + (uint)at + 4) : target;
            BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(at), value);
        }

        return code;
    }

    private void Port(ushort port, params ReadOnlySpan<byte> opcode)
    {
        Bytes(0xba);
        Word(port);
        Bytes(opcode);
    }

    private void WithAddress(string label, params ReadOnlySpan<byte> opcode)
    {
        Bytes(opcode);
        _fixups.Add((_bytes.Count, label, Relative: false));
        Word(0);
    }

    private void Word(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}
