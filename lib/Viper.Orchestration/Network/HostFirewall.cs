using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>The table of routed packets (inet), which says what guests may reach; and the names that both tables share.</summary>
/// <remarks>
/// Guests are known by their addresses, which the table of the bridge vouches for. Nothing of a guest's way is decided
/// once and remembered: each packet of its own is looked up, so that a policy holds from the moment when it is there.
/// </remarks>
internal static partial class HostFirewall
{
    internal const string PoliciesMap = "policies";
    internal const string LimitsMap = "limits";
    internal const string AllowedSet = "allowed";
    internal const string AllowedPortsSet = "allowed_ports";
    internal const string AllowedNetworksSet = "allowed_networks";
    internal const string SentSet = "sent";
    internal const string ReceivedSet = "received";
    internal const string DeniedCountSet = "refused";
    internal const string AskedSet = "asked";
    private const string NeverSet = "never";
    private const string PrivateSet = "denied";
    private const string SampledSet = "sampled";
    private const string AskingSet = "asking";
    private const string PolicyPrefix = "policy_";
    private const string PassChain = "pass";
    private const int SourceNatPriority = 100;
    private const int DnsPort = 53;

    // A name server's share of the host: more than any browser asks, less than a flood.
    private const int QuestionsPerSecond = 100;
    private const int QuestionBurst = 200;

    // Each VM's share of the events that name what was denied.
    private const int SamplesPerMinute = 6;
    private const int SampleBurst = 6;
    private const int SampledBytes = 64;
    private const uint MostGuests = 65_535;

    private static readonly TimeSpan s_forgetAfter = TimeSpan.FromMinutes(5);

    /// <summary>What no policy opens: this host, loopback, link-local with the clouds' metadata services, multicast, reserved.</summary>
    internal static readonly IPNetwork[] s_never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    /// <summary>What the policy <c>internet</c> denies beside it.</summary>
    internal static readonly IPNetwork[] s_private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"),
    ];

    private const NftConnectionState Known = NftConnectionState.Established | NftConnectionState.Related;

    /// <summary>The name of the chain that holds a policy.</summary>
    internal static string PolicyChain(string policy) => PolicyPrefix + policy;

    /// <summary>The policy of such a chain; null for no name.</summary>
    internal static string? PolicyOf(string? chain) => chain?.Replace(PolicyPrefix, "", StringComparison.Ordinal);

    /// <summary>The name of the chain that drops for a reason, counts it and tells a sample of it.</summary>
    internal static string DenyChain(string reason) => "deny_" + reason;

    internal static NftTable Inet(HostNetworkSettings settings, string comment, LivingElements living) => new()
    {
        Family = NftFamily.Inet,
        Name = settings.TableName,
        Comment = comment,
        Sets = [.. InetSets().Select(living.Fill)],
        Chains =
        [
            new NftChain { Name = PassChain, Rules = [new NftRuleBuilder().InSet(SentSet, NftField.SourceAddress).Accept("a guest's own")] },
            .. DenialReasons.s_routed.Select(reason => Deny(settings, reason)),
            new NftChain
            {
                Name = PolicyChain(NetworkPolicies.Internet),
                Rules =
                [
                    new NftRuleBuilder().DestinationInSet(PrivateSet).Goto(DenyChain(DenialReasons.Policy), "private networks"),
                    new NftRuleBuilder().Goto(PassChain),
                ],
            },
            new NftChain
            {
                Name = PolicyChain(NetworkPolicies.Allow),
                Rules =
                [
                    new NftRuleBuilder().InSet(AllowedSet, NftField.SourceAddress, NftField.DestinationAddress, NftField.Protocol, NftField.DestinationPort)
                        .Goto(PassChain, "a port on its list"),
                    new NftRuleBuilder().InSet(AllowedNetworksSet, NftField.SourceAddress, NftField.DestinationAddress).Goto(PassChain, "a network on its list"),
                    new NftRuleBuilder().InSet(AllowedPortsSet, NftField.SourceAddress, NftField.DestinationAddress, NftField.Protocol, NftField.DestinationPort)
                        .Goto(PassChain, "ports of a network on its list"),
                    new NftRuleBuilder().Goto(DenyChain(DenialReasons.Policy), "not on its list"),
                ],
            },
            new NftChain { Name = PolicyChain(NetworkPolicies.Open), Rules = [new NftRuleBuilder().Goto(PassChain)] },
            .. living.LimitChains(),
            new NftChain { Name = "input", Hook = NftHook.Input, Rules = Input(settings) },
            new NftChain { Name = "forward", Hook = NftHook.Forward, Rules = Forward(settings.BridgeName, settings.Subnet) },
            new NftChain
            {
                Name = "postrouting",
                Hook = NftHook.Postrouting,
                Priority = SourceNatPriority,
                Type = "nat",
                Rules =
                [
                    // What the host says to itself by the bridge's address is no guest's.
                    new NftRuleBuilder().SourceIn(settings.Subnet).SourceIn(new IPNetwork(settings.Address, 32), negate: true)
                        .To(settings.BridgeName, negate: true).Masquerade("guests leave as the host"),
                ],
            },
        ],
    };

    private static NftSet[] InetSets()
    {
        NftKeyType[] service = [NftKeyType.Ipv4Address, NftKeyType.Ipv4Address, NftKeyType.Protocol, NftKeyType.Port];
        return
        [
            new NftSet { Name = NeverSet, Key = [NftKeyType.Ipv4Address], IsInterval = true, Elements = NftElement.OfNetworks(s_never) },
            new NftSet { Name = PrivateSet, Key = [NftKeyType.Ipv4Address], IsInterval = true, Elements = NftElement.OfNetworks(s_private) },
            new NftSet { Name = PoliciesMap, Key = [NftKeyType.Ipv4Address], IsVerdictMap = true, IsDynamic = true },
            new NftSet { Name = LimitsMap, Key = [NftKeyType.Ipv4Address], IsVerdictMap = true, IsDynamic = true },
            new NftSet { Name = AllowedSet, Key = service, IsDynamic = true },
            new NftSet { Name = AllowedPortsSet, Key = service, IsInterval = true, IsDynamic = true },
            new NftSet { Name = AllowedNetworksSet, Key = [NftKeyType.Ipv4Address, NftKeyType.Ipv4Address], IsInterval = true, IsDynamic = true },
            Counting(SentSet, NftKeyType.Ipv4Address),
            Counting(ReceivedSet, NftKeyType.Ipv4Address),
            Counting(DeniedCountSet, NftKeyType.Ipv4Address),
            Counting(AskedSet, NftKeyType.Ipv4Address),
            Shares(SampledSet, NftKeyType.Ipv4Address),
            Shares(AskingSet, NftKeyType.Ipv4Address),
        ];
    }

    private static NftRule[] Input(HostNetworkSettings settings)
    {
        NftRuleBuilder Asks(ProtocolType protocol) => new NftRuleBuilder().From(settings.BridgeName)
            .DestinationIn(new IPNetwork(settings.Address, 32)).DestinationPort(protocol, DnsPort);
        NftRuleBuilder WithinShare(NftRuleBuilder rule) => rule
            .UpdateSet(AskingSet, new NftLimit(QuestionsPerSecond, NftLimitUnit.Second, Burst: QuestionBurst), NftField.SourceAddress)
            .InSet(AskedSet, NftField.SourceAddress);
        return
        [
            // Before the answers: by always asking from one port a guest would make its questions a known connection.
            WithinShare(Asks(ProtocolType.Udp)).Accept("names"),
            Asks(ProtocolType.Udp).Goto(DenyChain(DenialReasons.Host), "too many questions"),
            new NftRuleBuilder().From(settings.BridgeName).Connection(Known).Accept("answers to the host"),
            WithinShare(Asks(ProtocolType.Tcp)).Accept("names"),
            new NftRuleBuilder().From(settings.BridgeName).Goto(DenyChain(DenialReasons.Host), "no service of the host is for guests"),
        ];
    }

    private static NftRule[] Forward(string bridge, IPNetwork subnet) =>
    [
        new NftRuleBuilder().From(bridge).To(bridge).Goto(DenyChain(DenialReasons.Guest), "guests do not reach each other"),
        new NftRuleBuilder().To(bridge).Connection(Known).InSet(ReceivedSet, NftField.DestinationAddress).Accept("answers to guests"),
        new NftRuleBuilder().To(bridge).Count().Drop("nobody else reaches guests"),
        new NftRuleBuilder().From(bridge).SourceIn(subnet, negate: true).Count().Drop("forged source"),
        new NftRuleBuilder().From(bridge).DestinationInSet(NeverSet).Goto(DenyChain(DenialReasons.Policy), "what no policy opens"),
        new NftRuleBuilder().From(bridge).DecideBy(LimitsMap, [NftField.SourceAddress], "those with limits"),
        new NftRuleBuilder().From(bridge).DecideBy(PoliciesMap, [NftField.SourceAddress], "by policy"),
        new NftRuleBuilder().From(bridge).Goto(DenyChain(DenialReasons.Policy), "those without a policy"),
    ];

    private static NftChain Deny(HostNetworkSettings settings, string reason) => new()
    {
        Name = DenyChain(reason),
        Rules =
        [
            new NftRuleBuilder().InSet(DeniedCountSet, NftField.SourceAddress).Continue("counted for each"),
            new NftRuleBuilder()
                .UpdateSet(SampledSet, new NftLimit(SamplesPerMinute, NftLimitUnit.Minute, Burst: SampleBurst), NftField.SourceAddress)
                .Log(new NftLog(settings.LogGroup, reason, SampledBytes)).Continue("told in samples"),
            new NftRuleBuilder().Drop(),
        ],
    };

    private static NftSet Counting(string name, params NftKeyType[] key) => new() { Name = name, Key = key, HasCounters = true, IsDynamic = true };

    private static NftSet Shares(string name, params NftKeyType[] key) =>
        new() { Name = name, Key = key, IsUpdatedByRules = true, DefaultTimeout = s_forgetAfter, Capacity = MostGuests };
}
