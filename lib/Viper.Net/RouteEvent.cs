namespace Viper.Net;

/// <summary>One thing that happened to the network; exactly one of the properties after the kind is set, and none at a resync.</summary>
public sealed record RouteEvent(RouteEventKind Kind)
{
    /// <summary>The link that came, changed or went.</summary>
    public Link? Link { get; init; }

    /// <summary>The address.</summary>
    public LinkAddress? Address { get; init; }

    /// <summary>The route.</summary>
    public Route? Route { get; init; }

    /// <summary>The neighbour.</summary>
    public Neighbour? Neighbour { get; init; }

    /// <summary>The forwarding entry of a bridge.</summary>
    public ForwardingEntry? Forwarding { get; init; }

    /// <summary>The routing rule.</summary>
    public RoutingRule? Rule { get; init; }
}
