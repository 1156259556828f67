namespace Viper.Agent.Files;

/// <summary>A stream whose first bytes have been looked at. Reads alone; the stream below stays its owner's.</summary>
internal sealed class PrefixedStream(Stream inner) : Stream
{
    private byte[] _peeked = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Looks at the first bytes, fewer where the stream has not so many. Once, before anything is read.</summary>
    internal async Task<byte[]> PeekAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        var have = await inner.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellationToken);
        return _peeked = bytes[..have];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_peeked.Length == 0)
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(_peeked.Length, buffer.Length);
        _peeked.AsMemory(0, count).CopyTo(buffer);
        _peeked = _peeked[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
