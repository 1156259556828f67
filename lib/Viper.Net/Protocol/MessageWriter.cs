using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

using Viper.Net.Interop;

namespace Viper.Net.Protocol;

/// <summary>Writes netlink messages and attributes into a caller's buffer.</summary>
/// <remarks>
/// <c>message = nlmsghdr, family header, { nlattr, payload, padding to 4 }</c> (linux/netlink.h). The buffer stays the
/// caller's; the writer zeroes the padding itself, so the buffer need not be clean.
/// </remarks>
internal ref struct MessageWriter(Span<byte> buffer)
{
    internal const int Alignment = 4;

    private readonly Span<byte> _buffer = buffer;
    private int _message = -1;

    /// <summary>Bytes written so far.</summary>
    internal int Length { get; private set; }

    internal readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    internal void BeginMessage<T>(int type, int flags, uint sequence, in T header)
        where T : unmanaged
    {
        _message = Length;
        Put(new nlmsghdr { nlmsg_type = (ushort)type, nlmsg_flags = (ushort)flags, nlmsg_seq = sequence });
        Put(header);
    }

    internal void EndMessage()
    {
        Span<byte> length = _buffer.Slice(_message, sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)(Length - _message));
        _message = -1;
    }

    internal void Attribute(int type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> target = Reserve(type, value.Length);
        value.CopyTo(target);
    }

    internal void AttributeByte(int type, byte value) => Reserve(type, 1)[0] = value;

    internal void AttributeFlag(int type, bool value) => AttributeByte(type, value ? (byte)1 : (byte)0);

    internal void AttributeUInt16(int type, ushort value) => MemoryMarshal.Write(Reserve(type, 2), value);

    internal void AttributeUInt32(int type, uint value) => MemoryMarshal.Write(Reserve(type, 4), value);

    internal void AttributeInt32(int type, int value) => MemoryMarshal.Write(Reserve(type, 4), value);

    internal void AttributeUInt32BigEndian(int type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(type, 4), value);

    internal void AttributeUInt16BigEndian(int type, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(type, 2), value);

    internal void AttributeUInt64(int type, ulong value) => MemoryMarshal.Write(Reserve(type, 8), value);

    internal void AttributeUInt64BigEndian(int type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(type, 8), value);

    internal void AttributeMac(int type, MacAddress value) => value.CopyTo(Reserve(type, MacAddress.Length));

    internal void AttributeIp(int type, IPAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out int length);
        Attribute(type, bytes[..length]);
    }

    /// <summary>Text in UTF-8 with the closing NUL that the kernel expects.</summary>
    internal void AttributeText(int type, string value)
    {
        Span<byte> target = Reserve(type, Encoding.UTF8.GetByteCount(value) + 1);
        int length = Encoding.UTF8.GetBytes(value, target);
        target[length] = 0;
    }

    /// <summary>A fixed structure as the attribute's value.</summary>
    internal void AttributeStructure<T>(int type, in T value)
        where T : unmanaged => MemoryMarshal.Write(Reserve(type, Unsafe.SizeOf<T>()), value);

    /// <summary>Opens a nested attribute; hand the result to <see cref="EndNest"/>.</summary>
    internal int BeginNest(int type)
    {
        int start = Length;
        Put(new nlattr { nla_type = (ushort)(type | NetlinkConstants.NLA_F_NESTED) });
        return start;
    }

    /// <summary>The same for a value that is put together from structures, which must not carry the mark of a nest.</summary>
    internal int BeginPlainNest(int type)
    {
        int start = Length;
        Put(new nlattr { nla_type = (ushort)type });
        return start;
    }

    /// <summary>Puts a fixed structure inside a nest, as VETH_INFO_PEER wants it.</summary>
    internal void Structure<T>(in T value)
        where T : unmanaged => Put(value);

    internal readonly void EndNest(int start)
    {
        int length = Length - start;
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException("A netlink attribute is limited to 65,535 bytes; split the request.");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[start..], (ushort)length);
    }

    private Span<byte> Reserve(int type, int length)
    {
        int total = length + Unsafe.SizeOf<nlattr>();
        if (total > ushort.MaxValue)
        {
            throw new ArgumentException("A netlink attribute is limited to 65,535 bytes; split the request.");
        }

        Put(new nlattr { nla_len = (ushort)total, nla_type = (ushort)type });
        Span<byte> target = Take(length);
        return target;
    }

    private void Put<T>(in T value)
        where T : unmanaged => MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), value);

    private Span<byte> Take(int length)
    {
        int padded = (length + Alignment - 1) & ~(Alignment - 1);
        if (padded > _buffer.Length - Length)
        {
            throw new ArgumentException($"The netlink request does not fit its buffer of {_buffer.Length} bytes.");
        }

        Span<byte> target = _buffer.Slice(Length, length);
        _buffer.Slice(Length + length, padded - length).Clear();
        Length += padded;
        return target;
    }
}
