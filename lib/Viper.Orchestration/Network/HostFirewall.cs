using System.Net;
using System.Net.Sockets;

using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>The two tables named <c>viper</c>: what guests may reach (inet), and who they may claim to be (bridge).</summary>
internal static class HostFirewall
{
    internal const string TableName = "viper";
    internal const string PortsSet = "ports";
    internal const string GuestsSet = "guests";
    private const string DeniedSet = "denied";
    private const string DnsSet = "dns";
    private const string GuestChain = "guest";
    private const int BridgeFilterPriority = -200;
    private const int SourceNatPriority = 100;
    private const int DnsPort = 53;

    /// <summary>What the policy <c>internet</c> denies.</summary>
    internal static readonly IPNetwork[] s_denied =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    private const NftConnectionState Known = NftConnectionState.Established | NftConnectionState.Related;

    internal static NftTable Inet(HostNetworkSettings settings, string comment) => new()
    {
        Family = NftFamily.Inet,
        Name = TableName,
        Comment = comment,
        Sets =
        [
            new NftSet { Name = DeniedSet, Key = [NftKeyType.Ipv4Address], IsInterval = true, Elements = NftElement.OfNetworks(s_denied) },
            new NftSet
            {
                Name = DnsSet,
                Key = [NftKeyType.Ipv4Address],
                Elements = [.. settings.DnsServers.Where(IsIpv4).Distinct().Select(NftElement.Of)],
            },
        ],
        Chains =
        [
            new NftChain { Name = "input", Hook = NftHook.Input, Rules = Input(settings.BridgeName) },
            new NftChain { Name = "forward", Hook = NftHook.Forward, Rules = Forward(settings.BridgeName, settings.Subnet) },
            new NftChain
            {
                Name = "postrouting",
                Hook = NftHook.Postrouting,
                Priority = SourceNatPriority,
                Type = "nat",
                Rules = [new NftRuleBuilder().SourceIn(settings.Subnet).To(settings.BridgeName, negate: true).Masquerade("guests leave as the host")],
            },
        ],
    };

    internal static NftTable Bridge(string comment) => new()
    {
        Family = NftFamily.Bridge,
        Name = TableName,
        Comment = comment,
        Sets =
        [
            new NftSet { Name = PortsSet, Key = [NftKeyType.LinkName], IsDynamic = true },
            new NftSet
            {
                Name = GuestsSet,
                Key = [NftKeyType.LinkName, NftKeyType.EthernetAddress, NftKeyType.Ipv4Address],
                IsDynamic = true,
            },
        ],
        Chains =
        [
            new NftChain { Name = GuestChain, Rules = AntiSpoof() },
            new NftChain
            {
                Name = "prerouting",
                Hook = NftHook.Prerouting,
                Priority = BridgeFilterPriority,
                Rules =
                [
                    new NftRuleBuilder().Add(new NftMeta(NftMetaKey.InputName)).Add(new NftLookup(PortsSet)).Jump(GuestChain),
                ],
            },
        ],
    };

    private static NftRule[] Input(string bridge) =>
    [
        new NftRuleBuilder().From(bridge).Connection(Known).Accept("answers to the host"),
        new NftRuleBuilder().From(bridge).Count().Drop("no service of the host is for guests"),
    ];

    private static NftRule[] Forward(string bridge, IPNetwork subnet) =>
    [
        new NftRuleBuilder().From(bridge).To(bridge).Count().Drop("guests do not reach each other"),
        new NftRuleBuilder().From(bridge).SourceIn(subnet, negate: true).Count().Drop("forged source"),
        new NftRuleBuilder().From(bridge).DestinationInSet(DnsSet).DestinationPort(ProtocolType.Udp, DnsPort).Accept("name servers"),
        new NftRuleBuilder().From(bridge).DestinationInSet(DnsSet).DestinationPort(ProtocolType.Tcp, DnsPort).Accept("name servers"),
        new NftRuleBuilder().From(bridge).DestinationInSet(DeniedSet).Count().Drop("private and special networks"),
        new NftRuleBuilder().From(bridge).SourceIn(subnet).Accept("the internet"),
        new NftRuleBuilder().From(bridge).Count().Drop("what is not IPv4"),
        new NftRuleBuilder().To(bridge).Connection(Known).Accept("answers to guests"),
        new NftRuleBuilder().To(bridge).Count().Drop("nobody else reaches guests"),
    ];

    /// <summary>A frame passes only when its link, Ethernet source and IP source belong together; ARP must agree twice.</summary>
    private static NftRule[] AntiSpoof() =>
    [
        Source(new NftRuleBuilder(), EtherType(0x08, 0x00), NftPayloadBase.Link, macOffset: 6, ipOffset: 12).Accept("honest IPv4"),
        Source(
            Source(new NftRuleBuilder(), EtherType(0x08, 0x06), NftPayloadBase.Link, macOffset: 6, ipOffset: 14),
            null,
            NftPayloadBase.Network,
            macOffset: 8,
            ipOffset: 14).Accept("honest ARP"),
        new NftRuleBuilder().Count().Drop("forged, or neither IPv4 nor ARP"),
    ];

    private static NftRuleBuilder Source(NftRuleBuilder rule, byte[]? etherType, NftPayloadBase macBase, int macOffset, int ipOffset)
    {
        if (etherType is not null)
        {
            rule.Add(new NftMeta(NftMetaKey.Protocol)).Add(new NftCompare(NftCompareOperator.Equal, etherType));
        }

        // The key of the set: 16 bytes of name, 6 of Ethernet address padded to 8, 4 of IP address.
        return rule
            .Add(new NftMeta(NftMetaKey.InputName))
            .Add(new NftPayload(macBase, macOffset, 6, new NftRegister(4)))
            .Add(new NftPayload(NftPayloadBase.Network, ipOffset, 4, new NftRegister(6)))
            .Add(new NftLookup(GuestsSet));
    }

    private static byte[] EtherType(byte high, byte low) => [high, low];

    private static bool IsIpv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
