using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Viper.Agent.Http;

/// <summary>Reads HTTP messages from one socket through a pooled buffer, which it owns until disposed.</summary>
internal sealed class MessageReader : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(HttpLimits.HeadBytes);
    private int _start;
    private int _end;

    internal MessageReader(Socket socket) => _socket = socket;

    /// <summary>Gets what has been received and not been read yet; valid until the next call.</summary>
    internal ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Waits for the first byte of a message; false when the peer has closed instead.</summary>
    internal async ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        _end > _start || await FillAsync(cancellationToken);

    /// <summary>Reads a request's head; null when the peer closed before the first byte of one.</summary>
    /// <exception cref="HttpFaultException">It is not acceptable, or the peer closed within it.</exception>
    internal async ValueTask<HttpRequestHead?> ReadRequestAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = HttpHeadReader.TryReadRequest(Buffered.Span, out var head, out var consumed, out var fault);
            if (status == OperationStatus.Done)
            {
                _start += consumed;
                return head;
            }

            if (status == OperationStatus.InvalidData)
            {
                throw new HttpFaultException(fault!);
            }

            if (!await FillAsync(cancellationToken))
            {
                return _end == _start ? null : throw Truncated();
            }
        }
    }

    /// <summary>Reads an answer's head.</summary>
    /// <exception cref="HttpFaultException">It is not one, or the peer closed before its end.</exception>
    internal async ValueTask<HttpResponseHead> ReadResponseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = HttpHeadReader.TryReadResponse(Buffered.Span, out var head, out var consumed, out var fault);
            if (status == OperationStatus.Done)
            {
                _start += consumed;
                return head!;
            }

            if (status == OperationStatus.InvalidData || !await FillAsync(cancellationToken))
            {
                throw status == OperationStatus.InvalidData ? new HttpFaultException(fault!) : Truncated();
            }
        }
    }

    /// <summary>Reads the body that a head announces, whole.</summary>
    /// <exception cref="HttpFaultException">It is larger than the limit, malformed, or ends early.</exception>
    internal async ValueTask<byte[]> ReadBodyAsync(HttpHead head, int limit, CancellationToken cancellationToken)
    {
        if (head.IsChunked)
        {
            using var chunks = new BodyStream(this, head, limit, Timeout.InfiniteTimeSpan);
            using var whole = new MemoryStream();
            await chunks.CopyToAsync(whole, cancellationToken);
            return whole.ToArray();
        }

        if (head.ContentLength is not > 0)
        {
            return [];
        }

        if (head.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        var body = GC.AllocateUninitializedArray<byte>((int)head.ContentLength);
        await ReadExactlyAsync(body, cancellationToken);
        return body;
    }

    /// <summary>Reads what comes until the peer closes: the body of an answer without a length.</summary>
    /// <exception cref="HttpFaultException">It is larger than the limit.</exception>
    internal async ValueTask<byte[]> ReadToEndAsync(int limit, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (await WaitAsync(cancellationToken))
        {
            if (body.WrittenCount + Buffered.Length > limit)
            {
                throw TooLarge(limit);
            }

            body.Write(Buffered.Span);
            _start = _end;
        }

        return body.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    /// <summary>Reads the line before a chunk.</summary>
    /// <exception cref="HttpFaultException">It is not one.</exception>
    internal async ValueTask<int> ReadChunkSizeAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        var extension = line.IndexOf(';', StringComparison.Ordinal);
        var digits = (extension < 0 ? line : line[..extension]).TrimEnd(' ', '\t');
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? size
            : throw new HttpFaultException(HttpFault.Malformed("A chunk's size is not a hexadecimal number."));
    }

    /// <summary>Reads and ignores what follows the last chunk; the limit of a head holds for all trailers.</summary>
    internal async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        for (var trailers = 0; (await ReadLineAsync(cancellationToken)).Length != 0; trailers++)
        {
            if (trailers == HttpLimits.Headers)
            {
                throw new HttpFaultException(new HttpFault(431, "validation_failed", "The body has too many trailers."));
            }
        }
    }

    /// <summary>Reads what there is, waiting for some.</summary>
    /// <exception cref="HttpFaultException">The peer closed instead.</exception>
    internal async ValueTask<int> ReadSomeAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        var ready = TakeReady(target);
        var count = ready > 0 ? ready : await _socket.ReceiveAsync(target, cancellationToken);
        return count > 0 ? count : throw Truncated();
    }

    internal async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = Buffered.Span.IndexOf("\r\n"u8);
            if (length is >= 0 and <= HttpLimits.ChunkLineBytes)
            {
                var line = Encoding.Latin1.GetString(Buffered.Span[..length]);
                _start += length + 2;
                return line;
            }

            if (Buffered.Length > HttpLimits.ChunkLineBytes + 1)
            {
                throw new HttpFaultException(HttpFault.Malformed("A line between chunks is too long."));
            }

            if (!await FillAsync(cancellationToken))
            {
                throw Truncated();
            }
        }
    }

    private async ValueTask ReadExactlyAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            target = target[await ReadSomeAsync(target, cancellationToken)..];
        }
    }

    private int TakeReady(Memory<byte> target)
    {
        var ready = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, ready).CopyTo(target.Span);
        _start += ready;
        return ready;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    private static HttpFaultException Truncated() => new(HttpFault.Malformed("The message ended before its end."));

    internal static HttpFaultException TooLarge(long limit) =>
        new(new HttpFault(413, "payload_too_large", $"The body is larger than {limit} bytes."));
}
