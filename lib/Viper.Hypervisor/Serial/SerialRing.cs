namespace Viper.Hypervisor.Serial;

/// <summary>The last bytes of a stream.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class SerialRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private int _next;
    private int _length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > capacity)
        {
            bytes = bytes[^capacity..];
        }

        int first = Math.Min(bytes.Length, capacity - _next);
        bytes[..first].CopyTo(_bytes.AsSpan(_next));
        bytes[first..].CopyTo(_bytes);
        _next = (_next + bytes.Length) % capacity;
        _length = Math.Min(capacity, _length + bytes.Length);
    }

    public byte[] ToArray()
    {
        byte[] copy = new byte[_length];
        int start = (_next - _length + capacity) % capacity;
        int first = Math.Min(_length, capacity - start);
        _bytes.AsSpan(start, first).CopyTo(copy);
        _bytes.AsSpan(0, _length - first).CopyTo(copy.AsSpan(first));
        return copy;
    }
}
