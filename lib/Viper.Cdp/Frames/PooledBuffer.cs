using System.Buffers;

namespace Viper.Cdp.Frames;

/// <summary>A growing buffer of pooled memory. Whoever made it releases it; its views are valid until it grows or is emptied.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int Smallest = 1024;

    private readonly int _kept;
    private byte[] _bytes = [];

    /// <param name="kept">How much memory, in bytes, stays with an emptied buffer.</param>
    internal PooledBuffer(int kept) => _kept = kept;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(Length);
    }

    internal void Append(ReadOnlySpan<byte> data)
    {
        Reserve(data.Length);
        data.CopyTo(_bytes.AsSpan(Length));
        Length += data.Length;
    }

    /// <summary>Empties it; memory beyond what is kept goes back to the pool.</summary>
    internal void Clear()
    {
        Length = 0;
        if (_bytes.Length > _kept)
        {
            Release();
        }
    }

    /// <summary>Empties it and gives all memory back.</summary>
    internal void Release()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Empties it and hands its memory, from <see cref="ArrayPool{T}.Shared"/>, to the caller.</summary>
    internal byte[] Detach()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        return bytes;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= more)
        {
            return;
        }

        var needed = (long)Length + more;
        var size = Math.Max(needed, Math.Min(Math.Max((long)_bytes.Length * 2, Smallest), Array.MaxLength));
        var larger = ArrayPool<byte>.Shared.Rent(checked((int)size));
        Written.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
