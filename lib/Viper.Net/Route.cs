using System.Net;

namespace Viper.Net;

/// <summary>A route as the kernel describes it at one moment.</summary>
public sealed record Route
{
    /// <summary>Where it leads; prefix length 0 is the default route.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>The next hop, or null when the destination is on the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Index of the link by which packets leave.</summary>
    public int? LinkIndex { get; init; }

    /// <summary>The source address that it prefers.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>The routing table: 254 is main, 255 local.</summary>
    public uint Table { get; init; }

    /// <summary>The cost; of two routes to one place the lower wins.</summary>
    public uint Metric { get; init; }

    /// <summary>True for ordinary unicast routes; false for local, broadcast, blackhole and the like.</summary>
    public bool IsUnicast { get; init; }
}
