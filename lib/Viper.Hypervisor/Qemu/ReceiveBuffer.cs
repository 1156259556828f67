using System.Buffers;

namespace Viper.Hypervisor.Qemu;

/// <summary>Bytes that were received and not yet used up; holds no memory while there are none.</summary>
/// <remarks>Not thread-safe. What <see cref="Bytes"/> shows is valid until the next call of another member.</remarks>
internal sealed class ReceiveBuffer
{
    private const int FirstSize = 4 * 1024;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>Room for further bytes, never empty; those that were received are made known by <see cref="Add"/>.</summary>
    public Memory<byte> Room()
    {
        if (Length == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Length * 2));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            Return();
            _buffer = larger;
        }

        return _buffer.AsMemory(Length);
    }

    public void Add(int count) => Length += count;

    /// <summary>Drops bytes at the front.</summary>
    public void Drop(int count)
    {
        _buffer.AsSpan(count, Length - count).CopyTo(_buffer);
        Length -= count;
        if (Length == 0)
        {
            Return();
            _buffer = [];
        }
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
