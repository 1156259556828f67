namespace Viper.Net;

/// <summary>A class of a <see cref="ClassfulQueue"/>.</summary>
/// <param name="Handle">Its number; the first half is that of the discipline.</param>
/// <param name="Parent">The class or discipline that it takes its share from.</param>
/// <param name="BytesPerSecond">The rate that it is sure of.</param>
public sealed record TrafficClass(TrafficHandle Handle, TrafficHandle Parent, ulong BytesPerSecond)
{
    /// <summary>The rate that it may borrow up to; 0: its own rate.</summary>
    public ulong CeilingBytesPerSecond { get; init; }

    /// <summary>What may leave at once; 0: what its rate gives in 10 ms, and at least two large packets.</summary>
    public uint BurstBytes { get; init; }

    /// <summary>The order in which classes borrow; 0 is first.</summary>
    public uint Priority { get; init; }
}
