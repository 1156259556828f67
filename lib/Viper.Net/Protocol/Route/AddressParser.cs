using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads RTM_NEWADDR (linux/if_addr.h).</summary>
internal static class AddressParser
{
    internal static LinkAddress? Parse(int type, ReadOnlySpan<byte> payload)
    {
        if (type != AddressConstants.RTM_NEWADDR || payload.Length < Unsafe.SizeOf<ifaddrmsg>())
        {
            return null;
        }

        ifaddrmsg header = MemoryMarshal.Read<ifaddrmsg>(payload);
        IPAddress? local = null;
        IPAddress? address = null;
        AttributeReader attributes = AttributeReader.After<ifaddrmsg>(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == AddressConstants.IFA_LOCAL)
            {
                local = attributes.Ip;
            }
            else if (attributes.Type == AddressConstants.IFA_ADDRESS)
            {
                address = attributes.Ip;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the other end's; elsewhere the two are equal or only one is given.
        return (local ?? address) is { } own ? new LinkAddress((int)header.ifa_index, own, header.ifa_prefixlen) : null;
    }
}
