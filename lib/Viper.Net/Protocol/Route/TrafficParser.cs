using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Reads disciplines, classes and filters: <c>tcmsg, TCA_*</c> (linux/rtnetlink.h).</summary>
internal static class TrafficParser
{
    // gnet_stats: TCA_STATS_BASIC of linux/gen_stats.h, whose enumeration some headers hide behind an older name.
    private const int StatsBasic = 1;

    internal static TrafficQueueState? ParseQueue(int type, ReadOnlySpan<byte> payload)
    {
        if (type is not (TrafficConstants.RTM_NEWQDISC or TrafficConstants.RTM_NEWTCLASS)
            || !TryRead(payload, out tcmsg head, out string kind, out ReadOnlySpan<byte> options, out gnet_stats_basic stats))
        {
            return null;
        }

        (ulong rate, ulong ceiling) = kind switch
        {
            "tbf" => (Rate(options, TrafficConstants.TCA_TBF_PARMS, 0, TrafficConstants.TCA_TBF_RATE64), 0UL),
            "htb" when type == TrafficConstants.RTM_NEWTCLASS => (
                Rate(options, TrafficConstants.TCA_HTB_PARMS, 0, TrafficConstants.TCA_HTB_RATE64),
                Rate(options, TrafficConstants.TCA_HTB_PARMS, Unsafe.SizeOf<tc_ratespec>(), TrafficConstants.TCA_HTB_CEIL64)),
            _ => (0UL, 0UL),
        };
        return new TrafficQueueState(head.tcm_ifindex, kind, new TrafficHandle(head.tcm_handle), new TrafficHandle(head.tcm_parent))
        {
            BytesPerSecond = rate,
            CeilingBytesPerSecond = ceiling,
            SentBytes = stats.bytes,
            SentPackets = stats.packets,
        };
    }

    internal static TrafficFilterState? ParseFilter(int type, ReadOnlySpan<byte> payload)
    {
        if (type != TrafficConstants.RTM_NEWTFILTER
            || !TryRead(payload, out tcmsg head, out string kind, out ReadOnlySpan<byte> options, out _))
        {
            return null;
        }

        TrafficHandle? target = null;
        int? redirect = null;
        AttributeReader attributes = new(kind == "u32" ? options : default);
        while (attributes.MoveNext())
        {
            if (attributes.Type == TrafficConstants.TCA_U32_CLASSID && attributes.UInt32 is { } value)
            {
                target = new TrafficHandle(value);
            }
            else if (attributes.Type == TrafficConstants.TCA_U32_ACT)
            {
                redirect = Redirect(attributes.Value);
            }
        }

        ushort protocol = BinaryPrimitives.ReverseEndianness((ushort)head.tcm_info);
        return new TrafficFilterState(
            head.tcm_ifindex, kind, head.tcm_handle, new TrafficHandle(head.tcm_parent), (ushort)(head.tcm_info >> 16), protocol)
        {
            Class = target,
            RedirectTo = redirect,
        };
    }

    private static bool TryRead(
        ReadOnlySpan<byte> payload, out tcmsg head, out string kind, out ReadOnlySpan<byte> options, out gnet_stats_basic stats)
    {
        head = default;
        kind = "";
        options = default;
        stats = default;
        if (payload.Length < Unsafe.SizeOf<tcmsg>())
        {
            return false;
        }

        head = MemoryMarshal.Read<tcmsg>(payload);
        AttributeReader attributes = AttributeReader.After<tcmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case TrafficConstants.TCA_KIND:
                    kind = attributes.Text;
                    break;
                case TrafficConstants.TCA_OPTIONS:
                    options = attributes.Value;
                    break;
                case TrafficConstants.TCA_STATS2:
                    stats = Stats(attributes.Value);
                    break;
                default:
                    break;
            }
        }

        return kind.Length > 0;
    }

    private static gnet_stats_basic Stats(ReadOnlySpan<byte> nest)
    {
        // The last bytes of the structure are padding, which the kernel need not send.
        const int Used = sizeof(ulong) + sizeof(uint);
        AttributeReader attributes = new(nest);
        while (attributes.MoveNext())
        {
            if (attributes.Type == StatsBasic && attributes.Value.Length >= Used)
            {
                return new gnet_stats_basic
                {
                    bytes = MemoryMarshal.Read<ulong>(attributes.Value),
                    packets = MemoryMarshal.Read<uint>(attributes.Value[sizeof(ulong)..]),
                };
            }
        }

        return default;
    }

    private static ulong Rate(ReadOnlySpan<byte> options, int structure, int offset, int wide)
    {
        ulong rate = 0;
        AttributeReader attributes = new(options);
        while (attributes.MoveNext())
        {
            if (attributes.Type == structure && rate == 0 && attributes.Value.Length >= offset + Unsafe.SizeOf<tc_ratespec>())
            {
                rate = MemoryMarshal.Read<tc_ratespec>(attributes.Value[offset..]).rate;
            }
            else if (attributes.Type == wide && attributes.Value.Length >= sizeof(ulong))
            {
                rate = MemoryMarshal.Read<ulong>(attributes.Value);
            }
        }

        return rate;
    }

    private static int? Redirect(ReadOnlySpan<byte> actions)
    {
        AttributeReader list = new(actions);
        while (list.MoveNext())
        {
            AttributeReader action = new(list.Value);
            while (action.MoveNext())
            {
                if (action.Type == TrafficConstants.TCA_ACT_OPTIONS && MirredLink(action.Value) is { } link)
                {
                    return link;
                }
            }
        }

        return null;
    }

    private static int? MirredLink(ReadOnlySpan<byte> options)
    {
        AttributeReader attributes = new(options);
        while (attributes.MoveNext())
        {
            if (attributes.Type == TrafficConstants.TCA_MIRRED_PARMS && attributes.Value.Length >= Unsafe.SizeOf<tc_mirred>())
            {
                return (int)MemoryMarshal.Read<tc_mirred>(attributes.Value).ifindex;
            }
        }

        return null;
    }
}
