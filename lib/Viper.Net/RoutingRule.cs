using System.Net;

namespace Viper.Net;

/// <summary>A rule that chooses the routing table of packets.</summary>
public sealed record RoutingRule
{
    /// <summary>Its place: lower ones are asked first.</summary>
    public required uint Priority { get; init; }

    /// <summary>The table that it leads to; 254 is the main one. 0 where the rule leads to none.</summary>
    public uint Table { get; init; }

    /// <summary>Only packets from there; null: from anywhere.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>Only packets to there; null: to anywhere.</summary>
    public IPNetwork? Destination { get; init; }

    /// <summary>Only packets that came by the link of this name.</summary>
    public string? InputName { get; init; }

    /// <summary>Only packets of sockets bound to the link of this name.</summary>
    public string? OutputName { get; init; }

    /// <summary>Only packets with this mark.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count; null: all.</summary>
    public uint? MarkMask { get; init; }

    /// <summary>True: a rule for IPv6.</summary>
    public bool IsIpv6 { get; init; }
}
