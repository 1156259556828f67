using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Writes requests for vxlan and vlan links (linux/if_link.h, IFLA_VXLAN_*, IFLA_VLAN_*).</summary>
internal static class TunnelEncoder
{
    private const int LargestVxlan = (1 << 24) - 1;
    private const int LargestVlan = 4094;

    /// <summary><c>RTM_NEWLINK, IFLA_IFNAME, IFLA_LINKINFO { IFLA_INFO_KIND, IFLA_INFO_DATA { IFLA_VXLAN_* } }</c>.</summary>
    internal static void WriteVxlan(ref MessageWriter writer, int flags, string name, VxlanOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Id, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Id, LargestVxlan, nameof(options));
        int info = BeginLink(ref writer, flags, name, null, LinkKind.Vxlan);
        int data = writer.BeginNest(LinkConstants.IFLA_INFO_DATA);
        writer.AttributeUInt32(TunnelConstants.IFLA_VXLAN_ID, (uint)options.Id);
        WriteAddress(ref writer, TunnelConstants.IFLA_VXLAN_GROUP, TunnelConstants.IFLA_VXLAN_GROUP6, options.Remote);
        WriteAddress(ref writer, TunnelConstants.IFLA_VXLAN_LOCAL, TunnelConstants.IFLA_VXLAN_LOCAL6, options.Local);
        if (options.LowerIndex is { } lower)
        {
            writer.AttributeInt32(TunnelConstants.IFLA_VXLAN_LINK, lower);
        }

        writer.AttributeByte(TunnelConstants.IFLA_VXLAN_TTL, options.TimeToLive);
        writer.AttributeFlag(TunnelConstants.IFLA_VXLAN_LEARNING, options.Learning);
        // In network order.
        writer.AttributeUInt16(TunnelConstants.IFLA_VXLAN_PORT, BinaryPrimitives.ReverseEndianness(options.Port));
        writer.EndNest(data);
        writer.EndNest(info);
    }

    /// <summary><c>RTM_NEWLINK, IFLA_IFNAME, IFLA_LINK, IFLA_LINKINFO { IFLA_INFO_KIND, IFLA_INFO_DATA { IFLA_VLAN_* } }</c>.</summary>
    internal static void WriteVlan(ref MessageWriter writer, int flags, string name, int lowerIndex, int id, bool isServiceTag)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, LargestVlan);
        int info = BeginLink(ref writer, flags, name, lowerIndex, LinkKind.Vlan);
        int data = writer.BeginNest(LinkConstants.IFLA_INFO_DATA);
        writer.AttributeUInt16(TunnelConstants.IFLA_VLAN_ID, (ushort)id);
        int protocol = isServiceTag ? TunnelConstants.ETH_P_8021AD : TunnelConstants.ETH_P_8021Q;
        writer.AttributeUInt16(TunnelConstants.IFLA_VLAN_PROTOCOL, BinaryPrimitives.ReverseEndianness((ushort)protocol));
        writer.EndNest(data);
        writer.EndNest(info);
    }

    private static int BeginLink(ref MessageWriter writer, int flags, string name, int? lowerIndex, string kind)
    {
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, flags, 0, default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        if (lowerIndex is { } lower)
        {
            writer.AttributeInt32(LinkConstants.IFLA_LINK, lower);
        }

        int info = writer.BeginNest(LinkConstants.IFLA_LINKINFO);
        writer.AttributeText(LinkConstants.IFLA_INFO_KIND, kind);
        return info;
    }

    private static void WriteAddress(ref MessageWriter writer, int ipv4, int ipv6, IPAddress? address)
    {
        if (address is not null)
        {
            writer.AttributeIp(address.AddressFamily == AddressFamily.InterNetwork ? ipv4 : ipv6, address);
        }
    }
}
