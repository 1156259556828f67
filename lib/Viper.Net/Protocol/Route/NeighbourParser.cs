using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads RTM_NEWNEIGH, of IP neighbours and of bridges' forwarding tables (linux/neighbour.h).</summary>
internal static class NeighbourParser
{
    internal static Neighbour? Parse(int type, ReadOnlySpan<byte> payload)
    {
        if (!TryRead(type, payload, out ndmsg header, out IPAddress? address, out MacAddress? mac, out _) || address is null)
        {
            return null;
        }

        return new Neighbour(header.ndm_ifindex, address, mac, (header.ndm_state & AddressConstants.NUD_PERMANENT) != 0);
    }

    internal static ForwardingEntry? ParseForwarding(int type, ReadOnlySpan<byte> payload)
    {
        if (!TryRead(type, payload, out ndmsg header, out _, out MacAddress? mac, out int? master)
            || header.ndm_family != NetlinkConstants.AF_BRIDGE
            || mac is not { } address)
        {
            return null;
        }

        // Bridges say "permanent" of their own addresses and "no ARP" of what an administrator pinned (net/bridge/br_fdb.c).
        bool local = (header.ndm_state & AddressConstants.NUD_PERMANENT) != 0;
        bool pinned = (header.ndm_state & AddressConstants.NUD_NOARP) != 0;
        return new ForwardingEntry(header.ndm_ifindex, master, address, pinned, local);
    }

    private static bool TryRead(
        int type, ReadOnlySpan<byte> payload, out ndmsg header, out IPAddress? address, out MacAddress? mac, out int? master)
    {
        header = default;
        address = null;
        mac = null;
        master = null;
        if (type != AddressConstants.RTM_NEWNEIGH || payload.Length < Unsafe.SizeOf<ndmsg>())
        {
            return false;
        }

        header = MemoryMarshal.Read<ndmsg>(payload);
        AttributeReader attributes = AttributeReader.After<ndmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case AddressConstants.NDA_DST:
                    address = attributes.Ip;
                    break;
                case AddressConstants.NDA_LLADDR:
                    mac = attributes.Mac;
                    break;
                case AddressConstants.NDA_MASTER:
                    master = attributes.Int32;
                    break;
                default:
                    break;
            }
        }

        return true;
    }
}
