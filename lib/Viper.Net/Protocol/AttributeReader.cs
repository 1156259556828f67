using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

using Viper.Net.Interop;

namespace Viper.Net.Protocol;

/// <summary>Walks a run of attributes.</summary>
/// <remarks>
/// The walk ends, with <see cref="IsMalformed"/> set, at an attribute that claims more than there is. The value getters
/// answer null where the value is shorter than what is asked for, and never read beyond it.
/// </remarks>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    internal const int TypeMask = ~(NetlinkConstants.NLA_F_NESTED | NetlinkConstants.NLA_F_NET_BYTEORDER);

    private ReadOnlySpan<byte> _rest = attributes;

    internal int Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    internal bool IsMalformed { get; private set; }

    internal readonly byte? Byte => Value.Length >= 1 ? Value[0] : null;

    internal readonly bool? Flag => Value.Length >= 1 ? Value[0] != 0 : null;

    internal readonly int? Int32 => Value.Length >= 4 ? MemoryMarshal.Read<int>(Value) : null;

    internal readonly uint? UInt32 => Value.Length >= 4 ? MemoryMarshal.Read<uint>(Value) : null;

    internal readonly uint? UInt32BigEndian => Value.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(Value) : null;

    internal readonly ulong? UInt64BigEndian => Value.Length >= 8 ? BinaryPrimitives.ReadUInt64BigEndian(Value) : null;

    internal readonly MacAddress? Mac => Value.Length == MacAddress.Length ? new MacAddress(Value) : null;

    internal readonly IPAddress? Ip => Value.Length is 4 or 16 ? new IPAddress(Value) : null;

    /// <summary>Text up to the first NUL.</summary>
    internal readonly string Text => Encoding.UTF8.GetString(TextBytes);

    /// <summary>The same, as it stands in the message.</summary>
    internal readonly ReadOnlySpan<byte> TextBytes
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return end < 0 ? Value : Value[..end];
        }
    }

    /// <summary>The attributes of a family message: what follows its fixed header.</summary>
    internal static AttributeReader After<T>(ReadOnlySpan<byte> payload)
        where T : unmanaged
    {
        int head = (Unsafe.SizeOf<T>() + MessageWriter.Alignment - 1) & ~(MessageWriter.Alignment - 1);
        return new AttributeReader(payload.Length <= head ? default : payload[head..]);
    }

    internal bool MoveNext()
    {
        int head = Unsafe.SizeOf<nlattr>();
        if (_rest.Length < head)
        {
            IsMalformed |= !_rest.IsEmpty;
            _rest = default;
            return false;
        }

        nlattr attribute = MemoryMarshal.Read<nlattr>(_rest);
        int length = attribute.nla_len;
        if (length < head || length > _rest.Length)
        {
            IsMalformed = true;
            _rest = default;
            return false;
        }

        Type = attribute.nla_type & TypeMask;
        Value = _rest[head..length];
        int padded = (length + MessageWriter.Alignment - 1) & ~(MessageWriter.Alignment - 1);
        _rest = padded >= _rest.Length ? default : _rest[padded..];
        return true;
    }
}
