namespace Viper.Hypervisor.Serial;

/// <summary>The last bytes of a stream, which any number of readers follow, each at its own place.</summary>
/// <remarks>Not thread-safe. A place is the number of bytes of the stream that stand before it.</remarks>
internal sealed class SerialRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];

    /// <summary>The place after the last byte.</summary>
    public long End { get; private set; }

    /// <summary>The place of the oldest byte that is still there.</summary>
    public long Start => Math.Max(0, End - capacity);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        End += bytes.Length;
        if (bytes.Length > capacity)
        {
            bytes = bytes[^capacity..];
        }

        int at = (int)((End - bytes.Length) % capacity);
        int first = Math.Min(bytes.Length, capacity - at);
        bytes[..first].CopyTo(_bytes.AsSpan(at));
        bytes[first..].CopyTo(_bytes);
    }

    /// <summary>Copies what stands at a place, which must not lie before <see cref="Start"/>; returns how many bytes.</summary>
    public int CopyFrom(long place, Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, End - place);
        int at = (int)(place % capacity);
        int first = Math.Min(count, capacity - at);
        _bytes.AsSpan(at, first).CopyTo(destination);
        _bytes.AsSpan(0, count - first).CopyTo(destination[first..]);
        return count;
    }

    public byte[] ToArray()
    {
        byte[] copy = new byte[End - Start];
        CopyFrom(Start, copy);
        return copy;
    }
}
