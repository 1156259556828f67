using System.Net.Sockets;
using Viper.Cdp.Interop;

namespace Viper.Cdp.Transport;

/// <summary>A socket's stream, which may turn to be read by a thread of its own: the kernel then wakes it without a detour over the thread pool.</summary>
/// <remarks>Blocking reads cannot be cancelled; shutting the socket down ends them. A write blocks only where there is no room, and then a thread of the pool.</remarks>
internal sealed class SocketStream : Stream
{
    private readonly NetworkStream _inner;
    private readonly SafeSocketHandle _socket;
    private bool _blocks;

    /// <param name="socket">Connected; it stays the caller's, and is not to be read or written otherwise.</param>
    internal SocketStream(Socket socket)
    {
        _inner = new NetworkStream(socket, ownsSocket: false);
        _socket = socket.SafeHandle;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads and writes block from now on; before the first of them that overlaps with another.</summary>
    internal void Block()
    {
        Libc.SetBlocking(_socket);
        _blocks = true;
    }

    public override int Read(Span<byte> buffer)
    {
        var count = Libc.Receive(_socket, buffer);
        return count >= 0 ? count : throw Failure(-count);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _blocks ? new(Read(buffer.Span)) : _inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Libc.Send(_socket, buffer, mayBlock: true);
            buffer = count >= 0 ? buffer[count..] : throw Failure(-count);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (!_blocks)
            {
                return _inner.WriteAsync(buffer, cancellationToken);
            }

            var count = Libc.Send(_socket, buffer.Span, mayBlock: false);
            if (count == -Libc.EAGAIN)
            {
                // The peer does not read as fast as is written.
                var rest = buffer;
                return new ValueTask(Task.Run(() => Write(rest.Span), CancellationToken.None));
            }

            buffer = count >= 0 ? buffer[count..] : throw Failure(-count);
        }

        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static IOException Failure(int error)
    {
        var inner = new System.ComponentModel.Win32Exception(error);
        return new IOException(inner.Message, inner);
    }
}
