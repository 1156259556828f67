using System.Net;

namespace Viper.Orchestration.Network;

/// <summary>What the host's side of the VMs' network is meant to be.</summary>
public sealed record HostNetworkSettings
{
    /// <summary>The bridge's name. Default <c>viperbr0</c>.</summary>
    public string BridgeName { get; init; } = "viperbr0";

    /// <summary>The bridge's address: the gateway of every guest. Default 192.168.127.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Parse("192.168.127.1");

    /// <summary>The guests' network, which holds <see cref="Address"/>. Default 192.168.127.0/24.</summary>
    public IPNetwork Subnet { get; init; } = IPNetwork.Parse("192.168.127.0/24");

    /// <summary>Name servers that guests may ask on port 53 even where their addresses are denied otherwise.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];

    /// <summary>What the names of our taps begin with. Default <c>vt</c>.</summary>
    public string TapPrefix { get; init; } = "vt";
}
