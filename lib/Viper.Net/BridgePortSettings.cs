namespace Viper.Net;

/// <summary>Settings of a bridge port; null leaves a setting as it is.</summary>
/// <remarks>Facts: linux/if_link.h, IFLA_BRPORT_*. Equivalent to <c>bridge link set dev NAME isolated on …</c>.</remarks>
public sealed record BridgePortSettings
{
    /// <summary>True: the port exchanges frames with ports that are not isolated, and with the bridge, only.</summary>
    public bool? Isolated { get; init; }

    /// <summary>True: source addresses of arriving frames enter the forwarding table.</summary>
    public bool? Learning { get; init; }

    /// <summary>True: frames for unknown single addresses leave by this port too.</summary>
    public bool? UnicastFlood { get; init; }

    /// <summary>True: frames for unknown groups leave by this port too.</summary>
    public bool? MulticastFlood { get; init; }

    /// <summary>True: broadcasts leave by this port too.</summary>
    public bool? BroadcastFlood { get; init; }

    /// <summary>True: the bridge answers ARP for addresses that it knows.</summary>
    public bool? NeighbourSuppression { get; init; }

    /// <summary>True: bridge protocol frames (BPDU) are dropped on arrival.</summary>
    public bool? Guard { get; init; }

    /// <summary>True: frames may leave by the port on which they came.</summary>
    public bool? Hairpin { get; init; }
}
