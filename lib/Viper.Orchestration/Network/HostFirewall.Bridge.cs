using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <content>The table of the bridge: who guests may claim to be.</content>
internal static partial class HostFirewall
{
    internal const string PortsSet = "ports";
    internal const string GuestsSet = "guests";
    internal const string ForgedSet = "forged";
    private const string GuestChain = "guest";
    private const int BridgeFilterPriority = -200;

    // RFC 826, for Ethernet and IPv4: the address that is asked for.
    private const int ArpTarget = 24;

    internal static NftTable Bridge(HostNetworkSettings settings, string comment, LivingElements living) => new()
    {
        Family = NftFamily.Bridge,
        Name = settings.TableName,
        Comment = comment,
        Sets =
        [
            living.Fill(new NftSet { Name = PortsSet, Key = [NftKeyType.LinkName], IsDynamic = true }),
            living.Fill(new NftSet
            {
                Name = GuestsSet,
                Key = [NftKeyType.LinkName, NftKeyType.EthernetAddress, NftKeyType.Ipv4Address],
                IsDynamic = true,
            }),
            living.Fill(Counting(ForgedSet, NftKeyType.LinkName)),
            living.Fill(Counting(DeniedCountSet, NftKeyType.LinkName)),
            Shares(SampledSet, NftKeyType.LinkName),
        ],
        Chains =
        [
            new NftChain { Name = DenyChain(DenialReasons.Guest), Rules = Drop(settings, DeniedCountSet, DenialReasons.Guest, "asks for another guest") },
            new NftChain { Name = GuestChain, Rules = AntiSpoof(settings) },
            new NftChain
            {
                Name = "prerouting",
                Hook = NftHook.Prerouting,
                Priority = BridgeFilterPriority,
                Rules = [new NftRuleBuilder(NftFamily.Bridge).InSet(PortsSet, NftField.InputName).Jump(GuestChain)],
            },
        ],
    };

    /// <summary>A frame passes only when its link, Ethernet source and IP source belong together; ARP must agree twice.</summary>
    private static NftRule[] AntiSpoof(HostNetworkSettings settings) =>
    [
        Source(new NftRuleBuilder(NftFamily.Bridge), EtherType(0x08, 0x00), NftPayloadBase.Link, macOffset: 6, ipOffset: 12).Accept("honest IPv4"),
        HonestArp().Add(new NftPayload(NftPayloadBase.Network, ArpTarget, 4))
            .Add(new NftCompare(NftCompareOperator.Equal, settings.Address.GetAddressBytes())).Accept("honest ARP"),
        Source(HonestArp(), null, NftPayloadBase.Link, macOffset: 6, ipOffset: ArpTarget).Accept("announces itself"),
        // Isolation keeps it from all other guests anyhow; here it is told.
        HonestArp().Goto(DenyChain(DenialReasons.Guest), "guests do not reach each other"),
        // Every system tries it when its link comes up; that is nothing to tell anybody.
        new NftRuleBuilder(NftFamily.Bridge).Add(new NftMeta(NftMetaKey.Protocol)).Add(new NftCompare(NftCompareOperator.Equal, EtherType(0x86, 0xdd)))
            .Count().Drop("IPv6"),
        .. Drop(settings, ForgedSet, DenialReasons.Forged, "forged, or neither IPv4 nor ARP"),
    ];

    private static NftRule[] Drop(HostNetworkSettings settings, string counts, string reason, string comment) =>
    [
        new NftRuleBuilder(NftFamily.Bridge).InSet(counts, NftField.InputName).Continue("counted for each"),
        new NftRuleBuilder(NftFamily.Bridge)
            .UpdateSet(SampledSet, new NftLimit(SamplesPerMinute, NftLimitUnit.Minute, Burst: SampleBurst), NftField.InputName)
            .Log(new NftLog(settings.LogGroup, reason, SampledBytes)).Continue("told in samples"),
        new NftRuleBuilder(NftFamily.Bridge).Drop(comment),
    ];

    private static NftRuleBuilder HonestArp() => Source(
        Source(new NftRuleBuilder(NftFamily.Bridge), EtherType(0x08, 0x06), NftPayloadBase.Link, macOffset: 6, ipOffset: 14),
        null,
        NftPayloadBase.Network,
        macOffset: 8,
        ipOffset: 14);

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
}
