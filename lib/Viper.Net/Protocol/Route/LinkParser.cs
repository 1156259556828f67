using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads <c>RTM_NEWLINK = ifinfomsg, IFLA_* attributes</c> (linux/if_link.h).</summary>
internal static class LinkParser
{
    internal static Link? Parse(int type, ReadOnlySpan<byte> payload) =>
        type == LinkConstants.RTM_NEWLINK && TryRead(payload, out LinkMessage message) ? message.ToLink() : null;

    internal static bool TryRead(ReadOnlySpan<byte> payload, out LinkMessage message)
    {
        message = default;
        if (payload.Length < Unsafe.SizeOf<ifinfomsg>())
        {
            return false;
        }

        ifinfomsg header = MemoryMarshal.Read<ifinfomsg>(payload);
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> kind = default;
        ReadOnlySpan<byte> alias = default;
        ReadOnlySpan<byte> portData = default;
        bool isPort = false;
        MacAddress? address = null;
        int? mtu = null;
        int? master = null;
        int? lower = null;
        uint? group = null;
        AttributeReader attributes = AttributeReader.After<ifinfomsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case LinkConstants.IFLA_IFNAME:
                    name = attributes.TextBytes;
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
                    alias = attributes.TextBytes;
                    break;
                case LinkConstants.IFLA_GROUP:
                    group = attributes.UInt32;
                    break;
                case LinkConstants.IFLA_LINKINFO:
                    ReadInfo(attributes.Value, out kind, out isPort, out portData);
                    break;
                default:
                    break;
            }
        }

        message = new LinkMessage
        {
            Index = header.ifi_index,
            Name = name,
            Kind = kind,
            Alias = alias,
            Address = address,
            Mtu = mtu ?? 0,
            Master = master,
            LowerIndex = lower,
            Group = group ?? 0,
            IsUp = (header.ifi_flags & LinkConstants.IFF_UP) != 0,
            IsRunning = (header.ifi_flags & LinkConstants.IFF_RUNNING) != 0,
            IsBridgePort = isPort,
            PortData = portData,
        };
        return !name.IsEmpty;
    }

    internal static BridgePortSettings ParsePort(ReadOnlySpan<byte> data)
    {
        bool? isolated = null, learning = null, unicast = null, multicast = null, broadcast = null, suppression = null, guard = null, hairpin = null;
        AttributeReader attributes = new(data);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case BridgeConstants.IFLA_BRPORT_ISOLATED:
                    isolated = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_LEARNING:
                    learning = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_UNICAST_FLOOD:
                    unicast = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_MCAST_FLOOD:
                    multicast = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_BCAST_FLOOD:
                    broadcast = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_NEIGH_SUPPRESS:
                    suppression = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_GUARD:
                    guard = attributes.Flag;
                    break;
                case BridgeConstants.IFLA_BRPORT_MODE:
                    hairpin = attributes.Flag;
                    break;
                default:
                    break;
            }
        }

        return new BridgePortSettings
        {
            Isolated = isolated,
            Learning = learning,
            UnicastFlood = unicast,
            MulticastFlood = multicast,
            BroadcastFlood = broadcast,
            NeighbourSuppression = suppression,
            Guard = guard,
            Hairpin = hairpin,
        };
    }

    private static void ReadInfo(ReadOnlySpan<byte> info, out ReadOnlySpan<byte> kind, out bool isPort, out ReadOnlySpan<byte> portData)
    {
        kind = default;
        portData = default;
        isPort = false;
        AttributeReader attributes = new(info);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case LinkConstants.IFLA_INFO_KIND:
                    kind = attributes.TextBytes;
                    break;
                case LinkConstants.IFLA_INFO_SLAVE_KIND:
                    isPort = attributes.TextBytes.SequenceEqual("bridge"u8);
                    break;
                case LinkConstants.IFLA_INFO_SLAVE_DATA:
                    portData = attributes.Value;
                    break;
                default:
                    break;
            }
        }
    }
}
