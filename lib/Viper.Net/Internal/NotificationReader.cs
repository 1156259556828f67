using System.Net.Sockets;

using Viper.Net.Interop;

namespace Viper.Net.Internal;

/// <summary>Waits, without a thread, for datagrams that nobody asked for.</summary>
internal sealed class NotificationReader : IDisposable
{
    private readonly NetlinkSocket _transport;
    private readonly Socket _readiness;
    private readonly byte[] _peek = new byte[1];

    internal NotificationReader(NetlinkSocket transport)
    {
        _transport = transport;
        // It watches the descriptor only; messages are read through the transport, which checks who sent them.
        _readiness = new Socket(transport.Awaitable);
    }

    /// <summary>Waits until something can be read.</summary>
    /// <returns>False: the kernel dropped something, because our buffer was full.</returns>
    internal async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _readiness.ReceiveAsync(_peek, SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            _transport.GrowReceiveBuffer();
            return false;
        }
    }

    /// <summary>The next datagram, valid until the next call; empty when none is there.</summary>
    /// <param name="lost">True: something was dropped before it.</param>
    internal ReadOnlySpan<byte> Read(out bool lost)
    {
        lost = false;
        while (true)
        {
            try
            {
                return _transport.Receive(wait: false);
            }
            catch (NetlinkException e) when (e.Errno is ErrnoConstants.ENOBUFS or ErrnoConstants.EMSGSIZE)
            {
                lost = true;
                if (e.Errno == ErrnoConstants.ENOBUFS)
                {
                    _transport.GrowReceiveBuffer();
                }
            }
        }
    }

    /// <summary>Throws away what waits.</summary>
    /// <remarks>
    /// After an overrun the kernel tells nothing more, and no further overrun, until the queue is empty (net/netlink,
    /// NETLINK_S_CONGESTED): only from then on can the reader trust what it hears.
    /// </remarks>
    internal void Discard()
    {
        while (!Read(out _).IsEmpty)
        {
        }
    }

    public void Dispose() => _readiness.Dispose();
}
