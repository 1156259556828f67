using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Protocol;

/// <summary>Finds the kernel's name of the attribute that an extended acknowledgement points at.</summary>
internal static partial class AttributeNames
{
    private const int Subsystem = 8;

    /// <summary>The attribute that begins at an offset of the request, below those that hold it; null where there is none.</summary>
    internal static string? At(ReadOnlySpan<byte> request, int offset)
    {
        if (!TryOpen(request, out AttributeScope scope, out int start))
        {
            return null;
        }

        return Find(request, start, request.Length, scope, null, offset, "");
    }

    /// <summary>The attribute that the kernel misses, in the nest at an offset or at the top.</summary>
    internal static string? Missing(ReadOnlySpan<byte> request, int type, int? nestOffset)
    {
        if (!TryOpen(request, out AttributeScope scope, out _))
        {
            return null;
        }

        return nestOffset is { } offset
            ? $"a missing attribute {type} of {At(request, offset) ?? "a nest"}"
            : "a missing " + NameOrNumber(scope, type);
    }

    private static string? Find(
        ReadOnlySpan<byte> request, int start, int end, AttributeScope scope, string? kind, int offset, string path)
    {
        int head = Unsafe.SizeOf<nlattr>();
        while (end - start >= head)
        {
            nlattr attribute = MemoryMarshal.Read<nlattr>(request[start..]);
            int length = attribute.nla_len;
            if (length < head || length > end - start)
            {
                return null;
            }

            int type = attribute.nla_type & AttributeReader.TypeMask;
            if (scope == AttributeScope.LinkInfo && type == LinkConstants.IFLA_INFO_KIND)
            {
                AttributeReader value = new(request.Slice(start, length));
                value.MoveNext();
                kind = value.Text;
            }

            string name = path + NameOrNumber(scope, type);
            if (start == offset)
            {
                return name;
            }

            if (offset > start && offset < start + length)
            {
                return Find(request, start + head, start + length, Inner(scope, type, kind), kind, offset, name + "/") ?? name;
            }

            start += (length + MessageWriter.Alignment - 1) & ~(MessageWriter.Alignment - 1);
        }

        return null;
    }

    private static string NameOrNumber(AttributeScope scope, int type) =>
        Name(scope, type) ?? string.Create(CultureInfo.InvariantCulture, $"attribute {type}");

    private static AttributeScope Inner(AttributeScope scope, int type, string? kind) => (scope, type) switch
    {
        (AttributeScope.Link, LinkConstants.IFLA_LINKINFO) => AttributeScope.LinkInfo,
        (AttributeScope.Link, LinkConstants.IFLA_PROTINFO) => AttributeScope.BridgePort,
        (AttributeScope.LinkInfo, LinkConstants.IFLA_INFO_SLAVE_DATA) => AttributeScope.BridgePort,
        (AttributeScope.LinkInfo, LinkConstants.IFLA_INFO_DATA) => kind switch
        {
            LinkKind.Bridge => AttributeScope.Bridge,
            LinkKind.Vxlan => AttributeScope.Vxlan,
            LinkKind.Vlan => AttributeScope.Vlan,
            _ => AttributeScope.Unknown,
        },
        (AttributeScope.Chain, NftMessageConstants.NFTA_CHAIN_HOOK) => AttributeScope.Hook,
        (AttributeScope.Elements, NftMessageConstants.NFTA_SET_ELEM_LIST_ELEMENTS) => AttributeScope.ElementList,
        (AttributeScope.ElementList, _) => AttributeScope.Element,
        _ => AttributeScope.Unknown,
    };

    private static bool TryOpen(ReadOnlySpan<byte> request, out AttributeScope scope, out int start)
    {
        scope = AttributeScope.Unknown;
        start = 0;
        if (request.Length < Unsafe.SizeOf<nlmsghdr>())
        {
            return false;
        }

        int type = MemoryMarshal.Read<nlmsghdr>(request).nlmsg_type;
        (scope, int head) = type >> Subsystem == NftMessageConstants.NFNL_SUBSYS_NFTABLES
            ? (Firewall(type & byte.MaxValue), Unsafe.SizeOf<nfgenmsg>())
            : Family(type);
        start = Unsafe.SizeOf<nlmsghdr>() + ((head + MessageWriter.Alignment - 1) & ~(MessageWriter.Alignment - 1));
        return head > 0;
    }

    // rtnetlink numbers its messages in fours: new, delete, get, set (linux/rtnetlink.h, RTM_FAM).
    private static (AttributeScope Scope, int Head) Family(int type) => (type & ~3) switch
    {
        LinkConstants.RTM_NEWLINK => (AttributeScope.Link, Unsafe.SizeOf<ifinfomsg>()),
        AddressConstants.RTM_NEWADDR => (AttributeScope.Address, Unsafe.SizeOf<ifaddrmsg>()),
        AddressConstants.RTM_NEWROUTE => (AttributeScope.Route, Unsafe.SizeOf<rtmsg>()),
        AddressConstants.RTM_NEWNEIGH => (AttributeScope.Neighbour, Unsafe.SizeOf<ndmsg>()),
        RuleConstants.RTM_NEWRULE => (AttributeScope.Rule, Unsafe.SizeOf<fib_rule_hdr>()),
        TrafficConstants.RTM_NEWQDISC or TrafficConstants.RTM_NEWTCLASS or TrafficConstants.RTM_NEWTFILTER =>
            (AttributeScope.Traffic, Unsafe.SizeOf<tcmsg>()),
        _ => (AttributeScope.Unknown, 0),
    };

    private static AttributeScope Firewall(int message) => message switch
    {
        <= NftMessageConstants.NFT_MSG_DELTABLE => AttributeScope.Table,
        <= NftMessageConstants.NFT_MSG_DELCHAIN => AttributeScope.Chain,
        <= NftMessageConstants.NFT_MSG_DELRULE => AttributeScope.FirewallRule,
        <= NftMessageConstants.NFT_MSG_DELSET => AttributeScope.Set,
        <= NftMessageConstants.NFT_MSG_DELSETELEM => AttributeScope.Elements,
        >= NftObjectConstants.NFT_MSG_NEWOBJ and <= NftObjectConstants.NFT_MSG_GETOBJ_RESET => AttributeScope.Object,
        _ => AttributeScope.Unknown,
    };
}
