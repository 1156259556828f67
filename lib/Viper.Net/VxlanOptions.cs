using System.Net;

namespace Viper.Net;

/// <summary>How a link carries Ethernet over UDP.</summary>
public sealed record VxlanOptions
{
    /// <summary>The network identifier, 0 to 16,777,215.</summary>
    public required int Id { get; init; }

    /// <summary>The other end, or the multicast group where unknown addresses are looked for; null: forwarding entries alone tell.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>The address that packets leave from; null lets the kernel choose.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>The link by which packets leave; null lets routes decide.</summary>
    public int? LowerIndex { get; init; }

    /// <summary>The UDP port, 4789 by the standard.</summary>
    public ushort Port { get; init; } = 4789;

    /// <summary>False: addresses behind other ends are told, never learned.</summary>
    public bool Learning { get; init; } = true;

    /// <summary>The time to live of packets; 0 takes that of the inner packet's route.</summary>
    public byte TimeToLive { get; init; }
}
