using System.Buffers.Binary;

using Viper.Net.Interop;

namespace Viper.Net.Protocol.Route;

/// <summary>Writes <c>tcmsg, TCA_KIND, TCA_OPTIONS { … }</c> (linux/rtnetlink.h, linux/pkt_sched.h, linux/pkt_cls.h).</summary>
internal static class TrafficEncoder
{
    // The kernel's clock of rates ticks every 64 ns (net/pkt_sched.h, PSCHED_SHIFT).
    private const int TickNanoseconds = 64;

    private const int HtbVersion = 3;
    private const int HtbRateToQuantum = 10;
    private const int HtbQuantum = 60_000;
    private const uint LeastBurst = 3200;
    private const int BurstPartOfASecond = 100;

    /// <summary>The largest number of words that one u32 filter compares (the kernel's TCA_U32_SEL counts them in a byte; tc takes 128).</summary>
    private const int MostMatches = 16;

    internal static void WriteQueue(ref MessageWriter writer, int flags, int linkIndex, TrafficQueue queue)
    {
        writer.BeginMessage(TrafficConstants.RTM_NEWQDISC, flags, 0, Head(linkIndex, queue.Handle, queue.Parent));
        writer.AttributeText(TrafficConstants.TCA_KIND, queue.Kind);
        switch (queue)
        {
            case TokenBucketQueue bucket:
                WriteTokenBucket(ref writer, bucket);
                break;
            case ClassfulQueue classful:
                int options = writer.BeginNest(TrafficConstants.TCA_OPTIONS);
                writer.AttributeStructure(
                    TrafficConstants.TCA_HTB_INIT,
                    new tc_htb_glob { version = HtbVersion, rate2quantum = HtbRateToQuantum, defcls = classful.DefaultClass });
                writer.EndNest(options);
                break;
            default:
                break;
        }
    }

    internal static void WriteClass(ref MessageWriter writer, int flags, int linkIndex, TrafficClass item)
    {
        ArgumentOutOfRangeException.ThrowIfZero(item.BytesPerSecond, nameof(item));
        ulong ceiling = Math.Max(item.CeilingBytesPerSecond, item.BytesPerSecond);
        ulong burst = item.BurstBytes != 0 ? item.BurstBytes : Math.Max(LeastBurst, ceiling / BurstPartOfASecond);
        writer.BeginMessage(TrafficConstants.RTM_NEWTCLASS, flags, 0, Head(linkIndex, item.Handle, item.Parent));
        writer.AttributeText(TrafficConstants.TCA_KIND, "htb");
        int options = writer.BeginNest(TrafficConstants.TCA_OPTIONS);
        writer.AttributeStructure(TrafficConstants.TCA_HTB_PARMS, new tc_htb_opt
        {
            rate = Rate(item.BytesPerSecond),
            ceil = Rate(ceiling),
            buffer = Ticks(burst, item.BytesPerSecond),
            cbuffer = Ticks(burst, ceiling),
            quantum = HtbQuantum,
            prio = item.Priority,
        });
        writer.AttributeUInt64(TrafficConstants.TCA_HTB_RATE64, item.BytesPerSecond);
        writer.AttributeUInt64(TrafficConstants.TCA_HTB_CEIL64, ceiling);
        writer.EndNest(options);
    }

    internal static void WriteFilter(ref MessageWriter writer, int flags, int linkIndex, TrafficFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfZero(filter.Priority, nameof(filter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.Matches.Count, MostMatches, nameof(filter));
        writer.BeginMessage(TrafficConstants.RTM_NEWTFILTER, flags, 0, FilterHead(linkIndex, filter.Parent, filter.Priority, filter.EtherType));
        writer.AttributeText(TrafficConstants.TCA_KIND, "u32");
        int options = writer.BeginNest(TrafficConstants.TCA_OPTIONS);
        if (filter.Class is { } target)
        {
            writer.AttributeUInt32(TrafficConstants.TCA_U32_CLASSID, target.Value);
        }

        int selector = writer.BeginPlainNest(TrafficConstants.TCA_U32_SEL);
        IReadOnlyList<TrafficMatch> matches = filter.Matches.Count > 0 ? filter.Matches : [default];
        writer.Structure(new tc_u32_sel { flags = TrafficConstants.TC_U32_TERMINAL, nkeys = (byte)matches.Count });
        foreach (TrafficMatch match in matches)
        {
            writer.Structure(new tc_u32_key
            {
                mask = BinaryPrimitives.ReverseEndianness(match.Mask),
                val = BinaryPrimitives.ReverseEndianness(match.Value & match.Mask),
                off = match.Offset,
            });
        }

        writer.EndNest(selector);
        if (filter.RedirectTo is { } link)
        {
            WriteRedirect(ref writer, link);
        }

        writer.EndNest(options);
    }

    internal static tcmsg Head(int linkIndex, TrafficHandle handle, TrafficHandle parent) =>
        new() { tcm_ifindex = linkIndex, tcm_handle = handle.Value, tcm_parent = parent.Value };

    internal static tcmsg FilterHead(int linkIndex, TrafficHandle parent, ushort priority, ushort etherType) => new()
    {
        tcm_ifindex = linkIndex,
        tcm_parent = parent.Value,
        // The protocol is in network order.
        tcm_info = ((uint)priority << 16) | BinaryPrimitives.ReverseEndianness(etherType),
    };

    private static void WriteTokenBucket(ref MessageWriter writer, TokenBucketQueue bucket)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bucket.BytesPerSecond, nameof(bucket));
        ArgumentOutOfRangeException.ThrowIfZero(bucket.BurstBytes, nameof(bucket));
        int options = writer.BeginNest(TrafficConstants.TCA_OPTIONS);
        writer.AttributeStructure(TrafficConstants.TCA_TBF_PARMS, new tc_tbf_qopt
        {
            rate = Rate(bucket.BytesPerSecond),
            limit = bucket.LimitBytes,
            buffer = Ticks(bucket.BurstBytes, bucket.BytesPerSecond),
        });
        writer.AttributeUInt64(TrafficConstants.TCA_TBF_RATE64, bucket.BytesPerSecond);
        writer.AttributeUInt32(TrafficConstants.TCA_TBF_BURST, bucket.BurstBytes);
        writer.EndNest(options);
    }

    private static void WriteRedirect(ref MessageWriter writer, int link)
    {
        const int FirstAction = 1;
        int actions = writer.BeginNest(TrafficConstants.TCA_U32_ACT);
        int action = writer.BeginNest(FirstAction);
        writer.AttributeText(TrafficConstants.TCA_ACT_KIND, "mirred");
        int options = writer.BeginNest(TrafficConstants.TCA_ACT_OPTIONS);
        writer.AttributeStructure(TrafficConstants.TCA_MIRRED_PARMS, new tc_mirred
        {
            action = TrafficConstants.TC_ACT_STOLEN,
            eaction = TrafficConstants.TCA_EGRESS_REDIR,
            ifindex = (uint)link,
        });
        writer.EndNest(options);
        writer.EndNest(action);
        writer.EndNest(actions);
    }

    // Rates beyond 32 bits are told by an attribute of their own, which the kernel takes where this one is at its limit.
    private static tc_ratespec Rate(ulong bytesPerSecond) =>
        new() { linklayer = TrafficConstants.TC_LINKLAYER_ETHERNET, rate = (uint)Math.Min(bytesPerSecond, uint.MaxValue) };

    private static uint Ticks(ulong bytes, ulong bytesPerSecond) =>
        (uint)UInt128.Min((UInt128)bytes * 1_000_000_000 / bytesPerSecond / TickNanoseconds, uint.MaxValue);
}
