using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads RTM_NEWROUTE (linux/rtnetlink.h).</summary>
internal static class RouteParser
{
    internal static Net.Route? Parse(int type, ReadOnlySpan<byte> payload)
    {
        if (type != AddressConstants.RTM_NEWROUTE || payload.Length < Unsafe.SizeOf<rtmsg>())
        {
            return null;
        }

        rtmsg header = MemoryMarshal.Read<rtmsg>(payload);
        IPAddress? destination = header.rtm_family switch
        {
            NetlinkConstants.AF_INET => IPAddress.Any,
            NetlinkConstants.AF_INET6 => IPAddress.IPv6Any,
            _ => null,
        };
        if (destination is null)
        {
            return null;
        }

        int width = header.rtm_family == NetlinkConstants.AF_INET ? 4 : 16;
        IPAddress? gateway = null;
        IPAddress? source = null;
        int? link = null;
        uint? table = null;
        uint? metric = null;
        AttributeReader attributes = AttributeReader.After<rtmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case AddressConstants.RTA_DST when attributes.Value.Length == width:
                    destination = attributes.Ip;
                    break;
                case AddressConstants.RTA_GATEWAY:
                    gateway = attributes.Ip;
                    break;
                case AddressConstants.RTA_OIF:
                    link = attributes.Int32;
                    break;
                case AddressConstants.RTA_PREFSRC:
                    source = attributes.Ip;
                    break;
                case AddressConstants.RTA_TABLE:
                    table = attributes.UInt32;
                    break;
                case AddressConstants.RTA_PRIORITY:
                    metric = attributes.UInt32;
                    break;
                default:
                    break;
            }
        }

        if (header.rtm_dst_len > width * 8)
        {
            return null;
        }

        return new Net.Route
        {
            Destination = NetworkAddress.Mask(destination!, header.rtm_dst_len),
            Gateway = gateway,
            LinkIndex = link,
            PreferredSource = source,
            Table = table ?? header.rtm_table,
            Metric = metric ?? 0,
            IsUnicast = header.rtm_type == AddressConstants.RTN_UNICAST,
        };
    }
}
