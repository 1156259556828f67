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
            Shares(SampledSet, NftKeyType.LinkName),
        ],
        Chains =
        [
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
        Source(
            Source(new NftRuleBuilder(NftFamily.Bridge), EtherType(0x08, 0x06), NftPayloadBase.Link, macOffset: 6, ipOffset: 14),
            null,
            NftPayloadBase.Network,
            macOffset: 8,
            ipOffset: 14).Accept("honest ARP"),
        // Every system tries it when its link comes up; that is nothing to tell anybody.
        new NftRuleBuilder(NftFamily.Bridge).Add(new NftMeta(NftMetaKey.Protocol)).Add(new NftCompare(NftCompareOperator.Equal, EtherType(0x86, 0xdd)))
            .Count().Drop("IPv6"),
        new NftRuleBuilder(NftFamily.Bridge).InSet(ForgedSet, NftField.InputName).Continue("counted for each"),
        new NftRuleBuilder(NftFamily.Bridge)
            .UpdateSet(SampledSet, new NftLimit(SamplesPerMinute, NftLimitUnit.Minute, Burst: SampleBurst), NftField.InputName)
            .Log(new NftLog(settings.LogGroup, DenialReasons.Forged, SampledBytes)).Continue("told in samples"),
        new NftRuleBuilder(NftFamily.Bridge).Drop("forged, or neither IPv4 nor ARP"),
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
}
