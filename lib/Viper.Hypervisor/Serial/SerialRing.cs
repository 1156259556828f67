using System.Numerics;

namespace Viper.Hypervisor.Serial;

/// <summary>The last bytes of a stream, which any number of readers follow, each at its own place.</summary>
/// <remarks>
/// Not thread-safe. A place is the number of bytes of the stream that stand before it. The memory grows with what comes: most
/// machines print little, and there are many of them.
/// </remarks>
internal sealed class SerialRing(int capacity)
{
    private const int FirstSize = 256;

    private byte[] _bytes = [];

    /// <summary>The place after the last byte.</summary>
    public long End { get; private set; }

    /// <summary>The place of the oldest byte that is still there.</summary>
    public long Start => Math.Max(0, End - capacity);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        Grow(End + bytes.Length);
        End += bytes.Length;
        if (bytes.Length > capacity)
        {
            bytes = bytes[^capacity..];
        }

        int at = (int)((End - bytes.Length) % _bytes.Length);
        int first = Math.Min(bytes.Length, _bytes.Length - at);
        bytes[..first].CopyTo(_bytes.AsSpan(at));
        bytes[first..].CopyTo(_bytes);
    }

    /// <summary>Copies what stands at a place, which must not lie before <see cref="Start"/>; returns how many bytes.</summary>
    public int CopyFrom(long place, Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, End - place);
        if (count == 0)
        {
            return 0;
        }

        int at = (int)(place % _bytes.Length);
        int first = Math.Min(count, _bytes.Length - at);
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

    // Until it has its full size nothing has come round, so every byte stands at its place.
    private void Grow(long end)
    {
        if (_bytes.Length < capacity && end > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(capacity, Math.Max(FirstSize, (long)BitOperations.RoundUpToPowerOf2((ulong)end))));
        }
    }
}
