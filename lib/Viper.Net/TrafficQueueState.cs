namespace Viper.Net;

/// <summary>A queueing discipline or class as the kernel has it.</summary>
/// <param name="LinkIndex">The link that it is on.</param>
/// <param name="Kind">Its kind: <c>tbf</c>, <c>htb</c>, <c>ingress</c>, <c>noqueue</c> …</param>
/// <param name="Handle">Its number.</param>
/// <param name="Parent">Where it hangs.</param>
public sealed record TrafficQueueState(int LinkIndex, string Kind, TrafficHandle Handle, TrafficHandle Parent)
{
    /// <summary>Its rate; 0 where it has none.</summary>
    public ulong BytesPerSecond { get; init; }

    /// <summary>The rate that it may borrow up to; 0 where it has none.</summary>
    public ulong CeilingBytesPerSecond { get; init; }

    /// <summary>Bytes that passed.</summary>
    public ulong SentBytes { get; init; }

    /// <summary>Packets that passed.</summary>
    public uint SentPackets { get; init; }
}
