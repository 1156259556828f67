using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol;

/// <summary>What an NLMSG_ERROR or NLMSG_DONE message says.</summary>
/// <remarks>
/// <c>error = int errno (negative), nlmsghdr of the request [, its payload unless NLM_F_CAPPED], attributes if
/// NLM_F_ACK_TLVS; done = int errno [, attributes]</c> (linux/netlink.h, NLMSGERR_ATTR_*).
/// </remarks>
internal readonly record struct Acknowledgement(
    int Errno, string? Message, int? Offset, int? MissingType = null, int? MissingNest = null)
{
    /// <summary>Reads the payload; null when it is too short to say anything.</summary>
    internal static Acknowledgement? Read(in nlmsghdr header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(int))
        {
            // A bare DONE carries nothing; a bare ERROR is corrupt.
            return header.nlmsg_type == NetlinkConstants.NLMSG_DONE ? new Acknowledgement(0, null, null) : null;
        }

        int error = MemoryMarshal.Read<int>(payload);
        int skip = sizeof(int);
        if (header.nlmsg_type == NetlinkConstants.NLMSG_ERROR)
        {
            if (payload.Length < skip + Unsafe.SizeOf<nlmsghdr>())
            {
                return null;
            }

            nlmsghdr request = MemoryMarshal.Read<nlmsghdr>(payload[skip..]);
            bool capped = (header.nlmsg_flags & NetlinkConstants.NLM_F_CAPPED) != 0;
            long echoed = capped ? Unsafe.SizeOf<nlmsghdr>() : Math.Max(request.nlmsg_len, (uint)Unsafe.SizeOf<nlmsghdr>());
            long end = skip + ((echoed + MessageWriter.Alignment - 1) & ~(MessageWriter.Alignment - 1L));
            skip = (int)Math.Min(end, payload.Length);
        }

        string? message = null;
        int? offset = null;
        int? missing = null;
        int? nest = null;
        if ((header.nlmsg_flags & NetlinkConstants.NLM_F_ACK_TLVS) != 0)
        {
            AttributeReader attributes = new(payload[skip..]);
            while (attributes.MoveNext())
            {
                switch (attributes.Type)
                {
                    case NetlinkConstants.NLMSGERR_ATTR_MSG:
                        message = attributes.Text;
                        break;
                    case NetlinkConstants.NLMSGERR_ATTR_OFFS:
                        offset = attributes.Int32;
                        break;
                    case NetlinkConstants.NLMSGERR_ATTR_MISS_TYPE:
                        missing = attributes.Int32;
                        break;
                    case NetlinkConstants.NLMSGERR_ATTR_MISS_NEST:
                        nest = attributes.Int32;
                        break;
                    default:
                        break;
                }
            }
        }

        return new Acknowledgement(error == int.MinValue ? ErrnoConstants.EPROTO : Math.Abs(error), message, offset, missing, nest);
    }
}
