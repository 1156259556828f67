namespace Viper.Agent.Http;

/// <summary>The body of one message, read as it comes. For one reader at a time; the message's reader stays its owner's.</summary>
internal sealed class BodyStream : Stream
{
    private readonly MessageReader _reader;
    private readonly bool _isChunked;
    private readonly long _limit;
    private readonly TimeSpan _silence;
    private readonly Func<CancellationToken, ValueTask>? _begin;
    private long _left;
    private long _taken;
    private bool _begun;
    private bool _inChunk;

    /// <summary>Makes the stream of what a head announces.</summary>
    /// <param name="reader">Where it comes from.</param>
    /// <param name="head">The head that was read from there last.</param>
    /// <param name="limit">How many bytes it may have.</param>
    /// <param name="silence">How long its sender may send nothing.</param>
    /// <param name="begin">Called once before the first byte is waited for; null for nothing.</param>
    internal BodyStream(MessageReader reader, HttpHead head, long limit, TimeSpan silence, Func<CancellationToken, ValueTask>? begin = null)
    {
        _reader = reader;
        _isChunked = head.IsChunked;
        _limit = limit;
        _silence = silence;
        _begin = begin;
        _left = head.ContentLength ?? 0;
        AtEnd = !head.HasBody;
    }

    /// <summary>Gets a value indicating whether all of it has been read.</summary>
    internal bool AtEnd { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _taken;
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what there is, waiting for some; 0 at the end.</summary>
    /// <exception cref="HttpFaultException">It is larger than the limit, malformed, ends early, or its sender is silent.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (AtEnd || buffer.IsEmpty)
        {
            return 0;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_silence);
        try
        {
            if (!_begun)
            {
                _begun = true;
                await BeginAsync(deadline.Token);
            }

            if (_left == 0 && !await NextChunkAsync(deadline.Token))
            {
                return 0;
            }

            var count = await _reader.ReadSomeAsync(buffer[..(int)Math.Min(_left, buffer.Length)], deadline.Token);
            _left -= count;
            _taken += count;
            AtEnd = _left == 0 && !_isChunked;
            return count;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpFaultException(new HttpFault(408, "request_timeout", "The request's body took too long."));
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads and drops what is left; false when that is too much, or does not come.</summary>
    internal async Task<bool> TryDrainAsync(CancellationToken cancellationToken)
    {
        // A body whose sender waits to be asked for it has not been sent.
        if (!AtEnd && !_begun && _begin is not null)
        {
            return false;
        }

        var rest = new byte[16 * 1024];
        try
        {
            int count;
            do
            {
                count = await ReadAsync(rest, cancellationToken);
            }
            while (count > 0);

            return true;
        }
        catch (HttpFaultException)
        {
            return false;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        CheckRoom(_left);
        if (_begin is not null)
        {
            await _begin(cancellationToken);
        }
    }

    // chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF  (RFC 9112, 7.1)
    private async ValueTask<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (_inChunk && (await _reader.ReadLineAsync(cancellationToken)).Length != 0)
        {
            throw new HttpFaultException(HttpFault.Malformed("A chunk does not end where its size says."));
        }

        _left = await _reader.ReadChunkSizeAsync(cancellationToken);
        _inChunk = true;
        CheckRoom(_left);
        if (_left > 0)
        {
            return true;
        }

        await _reader.ReadTrailersAsync(cancellationToken);
        AtEnd = true;
        return false;
    }

    private void CheckRoom(long more)
    {
        if (more > _limit - _taken)
        {
            throw MessageReader.TooLarge(_limit);
        }
    }
}
