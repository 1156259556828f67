using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol;

/// <summary>Walks the messages of one datagram.</summary>
/// <remarks>
/// A message that claims more than the datagram holds ends the walk and sets <see cref="IsMalformed"/>. The last message
/// need not be padded (linux/netlink.h, NLMSG_NEXT). Spans point into the caller's buffer.
/// </remarks>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    internal nlmsghdr Header { get; private set; }

    internal ReadOnlySpan<byte> Payload { get; private set; }

    internal bool IsMalformed { get; private set; }

    internal bool MoveNext()
    {
        int head = Unsafe.SizeOf<nlmsghdr>();
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < head)
        {
            return Malformed();
        }

        nlmsghdr header = MemoryMarshal.Read<nlmsghdr>(_rest);
        if (header.nlmsg_len < head || header.nlmsg_len > _rest.Length)
        {
            return Malformed();
        }

        int length = (int)header.nlmsg_len;
        Header = header;
        Payload = _rest[head..length];
        int padded = (length + MessageWriter.Alignment - 1) & ~(MessageWriter.Alignment - 1);
        _rest = padded >= _rest.Length ? default : _rest[padded..];
        return true;
    }

    private bool Malformed()
    {
        _rest = default;
        IsMalformed = true;
        return false;
    }
}
