namespace Viper.Net;

/// <summary>Four bytes of a packet that a filter compares.</summary>
/// <param name="Offset">Where they are, counted from the network header; a multiple of 4.</param>
/// <param name="Value">What they must be, in the order of the packet.</param>
/// <param name="Mask">The bits that count.</param>
public readonly record struct TrafficMatch(int Offset, uint Value, uint Mask)
{
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;

    /// <summary>An IPv4 sender in a network.</summary>
    public static TrafficMatch Source(System.Net.IPNetwork network) => Address(SourceOffset, network);

    /// <summary>An IPv4 receiver in a network.</summary>
    public static TrafficMatch Destination(System.Net.IPNetwork network) => Address(DestinationOffset, network);

    private static TrafficMatch Address(int offset, System.Net.IPNetwork network)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!network.BaseAddress.TryWriteBytes(bytes, out int length) || length != sizeof(uint))
        {
            throw new ArgumentException($"{network} is not an IPv4 network.", nameof(network));
        }

        uint mask = network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength);
        return new TrafficMatch(offset, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes), mask);
    }
}
