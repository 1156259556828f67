using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads RTM_NEWLINK (linux/if_link.h).</summary>
internal static class LinkParser
{
    internal static Link? Parse(int type, ReadOnlySpan<byte> payload)
    {
        if (type != LinkConstants.RTM_NEWLINK || payload.Length < Unsafe.SizeOf<ifinfomsg>())
        {
            return null;
        }

        ifinfomsg header = MemoryMarshal.Read<ifinfomsg>(payload);
        string? name = null;
        string? kind = null;
        string? alias = null;
        MacAddress? address = null;
        int? mtu = null;
        int? master = null;
        int? lower = null;
        uint? group = null;
        BridgePortSettings? port = null;
        AttributeReader attributes = AttributeReader.After<ifinfomsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case LinkConstants.IFLA_IFNAME:
                    name = attributes.Text;
                    break;
                case LinkConstants.IFLA_ADDRESS:
                    address = attributes.Mac;
                    break;
                case LinkConstants.IFLA_MTU:
                    mtu = attributes.Int32;
                    break;
                case LinkConstants.IFLA_MASTER:
                    master = attributes.Int32;
                    break;
                case LinkConstants.IFLA_LINK:
                    lower = attributes.Int32;
                    break;
                case LinkConstants.IFLA_IFALIAS:
                    alias = attributes.Text;
                    break;
                case LinkConstants.IFLA_GROUP:
                    group = attributes.UInt32;
                    break;
                case LinkConstants.IFLA_LINKINFO:
                    ParseInfo(attributes.Value, out kind, out port);
                    break;
                default:
                    break;
            }
        }

        if (name is null)
        {
            return null;
        }

        return new Link
        {
            Index = header.ifi_index,
            Name = name,
            Kind = kind,
            Address = address,
            Mtu = mtu ?? 0,
            Master = master,
            LowerIndex = lower,
            Group = group ?? 0,
            Alias = alias,
            IsUp = (header.ifi_flags & LinkConstants.IFF_UP) != 0,
            IsRunning = (header.ifi_flags & LinkConstants.IFF_RUNNING) != 0,
            BridgePort = port,
        };
    }

    private static void ParseInfo(ReadOnlySpan<byte> info, out string? kind, out BridgePortSettings? port)
    {
        kind = null;
        port = null;
        bool isPort = false;
        ReadOnlySpan<byte> data = default;
        AttributeReader attributes = new(info);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case LinkConstants.IFLA_INFO_KIND:
                    kind = attributes.Text;
                    break;
                case LinkConstants.IFLA_INFO_SLAVE_KIND:
                    isPort = attributes.Text == LinkKind.Bridge;
                    break;
                case LinkConstants.IFLA_INFO_SLAVE_DATA:
                    data = attributes.Value;
                    break;
                default:
                    break;
            }
        }

        if (isPort)
        {
            port = ParsePort(data);
        }
    }

    private static BridgePortSettings ParsePort(ReadOnlySpan<byte> data)
    {
        BridgePortSettings port = new();
        AttributeReader attributes = new(data);
        while (attributes.MoveNext())
        {
            port = attributes.Type switch
            {
                BridgeConstants.IFLA_BRPORT_ISOLATED => port with { Isolated = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_LEARNING => port with { Learning = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_UNICAST_FLOOD => port with { UnicastFlood = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_MCAST_FLOOD => port with { MulticastFlood = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_BCAST_FLOOD => port with { BroadcastFlood = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_NEIGH_SUPPRESS => port with { NeighbourSuppression = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_GUARD => port with { Guard = attributes.Flag },
                BridgeConstants.IFLA_BRPORT_MODE => port with { Hairpin = attributes.Flag },
                _ => port,
            };
        }

        return port;
    }
}
