using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Viper.Cdp.Protocol;

namespace Viper.Cdp.Transport;

/// <summary>Messages over one WebSocket. One reader; writers take turns.</summary>
internal sealed class WebSocketTransport : IAsyncDisposable
{
    /// <summary>The largest message that is accepted.</summary>
    internal const int MaxMessage = 256 * 1024 * 1024;

    private const int BufferSize = 32 * 1024;
    private const int KeptSize = 1024 * 1024;
    private const int NormalClosure = 1000;

    private readonly Stream _stream;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private byte[] _message = new byte[BufferSize];
    private int _length;

    private WebSocketTransport(Stream stream) => _stream = stream;

    /// <summary>Connects and does the handshake.</summary>
    /// <exception cref="CdpClosedException">The address cannot be reached, or does not speak WebSocket.</exception>
    internal static async Task<WebSocketTransport> ConnectAsync(Uri uri, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(uri.DnsSafeHost, uri.Port, cancellationToken).ConfigureAwait(false);
            var transport = new WebSocketTransport(new NetworkStream(socket, ownsSocket: true));
            await transport.ShakeHandsAsync(uri, cancellationToken).ConfigureAwait(false);
            return transport;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            socket.Dispose();
            throw new CdpClosedException($"Chrome's address {uri} cannot be reached: {error.Message}", null, error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Receives the next message; valid until the next call.</summary>
    /// <exception cref="CdpClosedException">The peer has closed, or sent what a server may not send.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        if (_message.Length > KeptSize)
        {
            _message = new byte[BufferSize];
        }

        var within = false;
        while (true)
        {
            var header = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            if (header.IsControl)
            {
                await AnswerControlAsync(header, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (header.Opcode == Opcode.Binary || header.Opcode == Opcode.Text == within)
            {
                throw Violation("a frame out of order, or a binary one");
            }

            within = true;
            await AppendAsync(header.Length, cancellationToken).ConfigureAwait(false);
            if (header.IsFinal)
            {
                return _message.AsMemory(0, _length);
            }
        }
    }

    /// <summary>Sends a text message. <paramref name="frame"/> holds room for a header before the payload, which is masked in place.</summary>
    internal ValueTask SendTextAsync(Memory<byte> frame, CancellationToken cancellationToken) =>
        SendAsync(Opcode.Text, frame, cancellationToken);

    /// <summary>Says goodbye; the peer's own close frame ends the reading.</summary>
    internal async Task SendCloseAsync(CancellationToken cancellationToken)
    {
        var frame = new byte[FrameWriter.MaxHeaderSize + 2];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(FrameWriter.MaxHeaderSize), NormalClosure);
        await SendAsync(Opcode.Close, frame, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync().ConfigureAwait(false);

    private async ValueTask SendAsync(Opcode opcode, Memory<byte> frame, CancellationToken cancellationToken)
    {
        var mask = FrameWriter.NewMask();
        var length = frame.Length - FrameWriter.MaxHeaderSize;
        var header = new byte[FrameWriter.MaxHeaderSize];
        var size = FrameWriter.WriteHeader(header, opcode, length, mask);
        FrameWriter.Mask(frame.Span[FrameWriter.MaxHeaderSize..], mask);
        var whole = frame[(FrameWriter.MaxHeaderSize - size)..];
        header.AsSpan(0, size).CopyTo(whole.Span);

        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Half a frame would make everything after it unreadable: from here on there is no way back.
            await _stream.WriteAsync(whole, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw new CdpClosedException($"The connection to Chrome broke while sending: {error.Message}", null, error);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ShakeHandsAsync(Uri uri, CancellationToken cancellationToken)
    {
        var handshake = new Handshake();
        await _stream.WriteAsync(handshake.Request(uri), cancellationToken).ConfigureAwait(false);
        int end;
        while ((end = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_end >= Handshake.MaxAnswer)
            {
                throw new CdpClosedException($"{uri} answered the WebSocket handshake without end.");
            }

            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        _start = end + 4;
        if (handshake.Check(_buffer.AsSpan(0, _start)) is { } refusal)
        {
            throw new CdpClosedException($"{uri} cannot be used: {refusal}.");
        }
    }

    private async ValueTask<FrameHeader> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = FrameHeader.TryRead(_buffer.AsSpan(_start, _end - _start), out var header, out var consumed);
            switch (status)
            {
                case OperationStatus.Done:
                    _start += consumed;
                    return header;
                case OperationStatus.InvalidData:
                    throw Violation("a frame that is not allowed");
                default:
                    await FillAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async ValueTask AppendAsync(ulong length, CancellationToken cancellationToken)
    {
        if (length > (ulong)(MaxMessage - _length))
        {
            throw new CdpClosedException($"Chrome sent a message larger than {MaxMessage} bytes.", 1009);
        }

        var total = _length + (int)length;
        await ReadPayloadAsync(total, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads until the message has so many bytes. Memory follows what has come, not what was announced.</summary>
    private async ValueTask ReadPayloadAsync(int total, CancellationToken cancellationToken)
    {
        while (_length < total)
        {
            if (_start == _end)
            {
                await ReadDirectAsync(total, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var count = Math.Min(total - _length, _end - _start);
            Reserve(count, total);
            _buffer.AsSpan(_start, count).CopyTo(_message.AsSpan(_length));
            _start += count;
            _length += count;
        }
    }

    private async ValueTask ReadDirectAsync(int total, CancellationToken cancellationToken)
    {
        Reserve(Math.Min(total - _length, BufferSize), total);
        var room = Math.Min(total - _length, _message.Length - _length);
        var count = await ReadAsync(_message.AsMemory(_length, room), cancellationToken).ConfigureAwait(false);
        _length += count;
    }

    private void Reserve(int more, int total)
    {
        if (_message.Length - _length < more)
        {
            var size = (int)Math.Min(Math.Max((long)_message.Length * 2, _length + more), Math.Max(total, _length + more));
            Array.Resize(ref _message, size);
        }
    }

    private async ValueTask AnswerControlAsync(FrameHeader header, CancellationToken cancellationToken)
    {
        var length = (int)header.Length;
        var frame = new byte[FrameWriter.MaxHeaderSize + length];
        for (var read = 0; read < length;)
        {
            if (_start == _end)
            {
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }

            var count = Math.Min(length - read, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(frame.AsSpan(FrameWriter.MaxHeaderSize + read));
            _start += count;
            read += count;
        }

        switch (header.Opcode)
        {
            case Opcode.Ping:
                await SendAsync(Opcode.Pong, frame, cancellationToken).ConfigureAwait(false);
                break;
            case Opcode.Close:
                var (code, reason) = ReadClose(frame.AsSpan(FrameWriter.MaxHeaderSize));
                await EchoCloseAsync(frame, cancellationToken).ConfigureAwait(false);
                throw new CdpClosedException(
                    reason.Length > 0 ? $"Chrome closed the connection: {reason} ({code})." : $"Chrome closed the connection ({code}).", code);
            default:
                break;
        }
    }

    private async ValueTask EchoCloseAsync(byte[] frame, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(Opcode.Close, frame, cancellationToken).ConfigureAwait(false);
        }
        catch (CdpClosedException)
        {
            // The peer did not wait for the answer to its close frame; its own reason is the one that counts.
        }
    }

    private static (int? Code, string Reason) ReadClose(ReadOnlySpan<byte> payload) => payload.Length < 2
        ? (null, string.Empty)
        : (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload[2..]));

    private async ValueTask FillAsync(CancellationToken cancellationToken)
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

        _end += await ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        try
        {
            var count = await _stream.ReadAsync(target, cancellationToken).ConfigureAwait(false);
            return count > 0 ? count : throw new CdpClosedException("Chrome ended the connection without a close frame.");
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw new CdpClosedException($"The connection to Chrome broke: {error.Message}", null, error);
        }
    }

    private static CdpClosedException Violation(string what) => new($"Chrome sent {what}; the connection is ended.", 1002);
}
