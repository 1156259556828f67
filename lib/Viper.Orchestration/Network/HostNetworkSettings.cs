using System.Net;

using Viper.Net;

namespace Viper.Orchestration.Network;

/// <summary>What the host's side of the VMs' network is meant to be.</summary>
public sealed record HostNetworkSettings
{
    private const string DefaultBridge = "viperbr0";
    private const string DefaultTable = "viper";
    private const ushort FirstLogGroup = 20_000;
    private const uint LogGroups = 10_000;

    // Far from the small numbers that people use.
    private const uint FirstGroup = 0x7670_0000;
    private const uint FirstDoomedGroup = 0x7770_0000;

    /// <summary>The bridge's name. Default <c>viperbr0</c>.</summary>
    public string BridgeName { get; init; } = DefaultBridge;

    /// <summary>The bridge's address: the gateway of every guest. Default 192.168.127.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Parse("192.168.127.1");

    /// <summary>The guests' network, which holds <see cref="Address"/>. Default 192.168.127.0/24.</summary>
    public IPNetwork Subnet { get; init; } = IPNetwork.Parse("192.168.127.0/24");

    /// <summary>The name servers that answer guests' questions through the host; empty for those that the host itself uses.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];

    /// <summary>What the names of our taps begin with. Default <c>vt</c>.</summary>
    public string TapPrefix { get; init; } = "vt";

    /// <summary>How many taps are kept ready for the next VMs, 0 to 64; each is a port of the bridge, which has 1,023. Default 0.</summary>
    public int ReadyTaps { get; init; }

    /// <summary>The name of our tables. A second bridge on the same host has tables of its own.</summary>
    internal string TableName => BridgeName == DefaultBridge ? DefaultTable : $"{DefaultTable}-{BridgeName}";

    /// <summary>The number under which the filter tells what it denied.</summary>
    internal ushort LogGroup
    {
        get
        {
            uint hash = 2_166_136_261;
            foreach (char letter in BridgeName)
            {
                hash = (hash ^ letter) * 16_777_619;
            }

            return (ushort)(FirstLogGroup + (hash % LogGroups));
        }
    }

    /// <summary>The group of the taps on a bridge, by which ours are told from a person's of such a name.</summary>
    internal static uint GroupOf(int bridgeIndex) => FirstGroup + (uint)bridgeIndex;

    /// <summary>The group of the taps that are about to be deleted together.</summary>
    internal static uint DoomedGroupOf(int bridgeIndex) => FirstDoomedGroup + (uint)bridgeIndex;

    /// <summary>Whether a link is a tap that was made for a VM on a bridge.</summary>
    internal bool IsTapOf(int bridgeIndex, Link link) =>
        link.Kind == LinkKind.Tun && (link.Group == GroupOf(bridgeIndex) || link.Group == DoomedGroupOf(bridgeIndex))
        && link.Name.StartsWith(TapPrefix, StringComparison.Ordinal);
}
