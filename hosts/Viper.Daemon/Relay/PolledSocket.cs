using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Viper.Daemon.Interop;

namespace Viper.Daemon.Relay;

/// <summary>A TCP connection whose reader and writer go on on a <see cref="SocketPoller"/>'s thread.</summary>
/// <remarks>One may receive and one may send at a time. Disposal ends both, from any thread.</remarks>
internal sealed class PolledSocket : IDisposable
{
    // How often in a row a socket may be read on the poller's thread.
    private const int MaxReads = 16;

    // Never used asynchronously: the runtime would watch it from its own thread as well.
    private readonly Socket _socket;
    private readonly SocketPoller _poller = SocketPoller.Any();
    private readonly ReadySignal _readable = new();
    private readonly ReadySignal _writable = new();
    private readonly long _id;
    private volatile bool _isEnding;
    private int _reads;
    private bool _isDrained;

    private PolledSocket(AddressFamily family)
    {
        _socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            _id = _poller.Add(this);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    internal SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens there, or nobody answers.</exception>
    internal static async Task<PolledSocket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        PolledSocket socket = new(endPoint.AddressFamily);
        try
        {
            await socket.FinishConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Receives what there is, at least a byte; 0 at the other's end.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of meanwhile.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            // What comes after all was read is told, and an end is never missed: epoll(7), "Questions and answers", 9.
            if (_isDrained && !_isEnding)
            {
                (_isDrained, _reads) = (false, 0);
                await _readable.WaitAsync(cancellationToken);
            }

            if (++_reads > MaxReads)
            {
                // Who has so much to say goes on elsewhere, and holds nobody up.
                _reads = 0;
                await Task.Yield();
            }

            int read = _socket.Receive(buffer.Span, SocketFlags.None, out SocketError error);
            _isDrained = error == SocketError.WouldBlock || read < buffer.Length;
            if (error != SocketError.WouldBlock)
            {
                return error == SocketError.Success ? read : throw new SocketException((int)error);
            }

            if (_isEnding)
            {
                await _readable.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Sends all.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of meanwhile.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            int sent = _socket.Send(bytes.Span, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                await _writable.WaitAsync(cancellationToken);
                continue;
            }

            bytes = error == SocketError.Success ? bytes[sent..] : throw new SocketException((int)error);
        }
    }

    /// <summary>Tells the other that nothing more will be sent.</summary>
    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>What the poller has heard of it (epoll_ctl(2)).</summary>
    internal void Tell(uint events)
    {
        const uint Over = Libc.EPOLLERR | Libc.EPOLLHUP;
        _isEnding |= (events & (Libc.EPOLLRDHUP | Over)) != 0 && (events & Libc.EPOLLIN) != 0;
        if ((events & (Libc.EPOLLIN | Libc.EPOLLRDHUP | Over)) != 0)
        {
            _readable.Set();
        }

        if ((events & (Libc.EPOLLOUT | Over)) != 0)
        {
            _writable.Set();
        }
    }

    public void Dispose()
    {
        _poller.Remove(_id);
        _socket.Dispose();
        _readable.Close();
        _writable.Close();
    }

    private async Task FinishConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        if (!Begin(endPoint))
        {
            // A socket that is not connected counts as writable too (EPOLLHUP): what it was told before is of no account.
            await WaitConnectedAsync(cancellationToken);
        }

        SocketError error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            throw new SocketException((int)error);
        }
    }

    private async Task WaitConnectedAsync(CancellationToken cancellationToken)
    {
        while (!_socket.Poll(TimeSpan.Zero, SelectMode.SelectWrite))
        {
            await _writable.WaitAsync(cancellationToken);
        }
    }

    // False where it goes on.
    private unsafe bool Begin(IPEndPoint endPoint)
    {
        SocketAddress address = endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Libc.connect(Handle, bytes, address.Size) == 0)
            {
                return true;
            }
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Libc.EINPROGRESS ? false : throw new SocketException((int)SocketError.NetworkUnreachable, Marshal.GetPInvokeErrorMessage(errno));
    }
}
