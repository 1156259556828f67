using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Internal;

/// <summary>A netlink socket: it belongs for life to the network namespace of the thread that opened it.</summary>
internal sealed unsafe class NetlinkSocket : INetlinkTransport
{
    private const int FirstBuffer = 64 * 1024;
    private const int LargestReceiveBuffer = 64 * 1024 * 1024;

    // The kernel answers while it takes the request; this only keeps a lost answer from hanging its caller for ever.
    private const int AnswerSeconds = 60;

    private readonly SafeHandle _socket;
    private byte[] _buffer;
    private int _receiveBuffer = 1024 * 1024;

    internal NetlinkSocket(int protocol, int firstBuffer = FirstBuffer, bool isAwaitable = false)
    {
        _buffer = GC.AllocateUninitializedArray<byte>(firstBuffer, pinned: true);
        int fd = Libc.socket(
            NetlinkConstants.AF_NETLINK, NetlinkConstants.SOCK_RAW | NetlinkConstants.SOCK_CLOEXEC, protocol);
        if (fd < 0)
        {
            throw new NetlinkException("open a netlink socket", null, Marshal.GetLastPInvokeError());
        }

        _socket = isAwaitable ? new SafeSocketHandle(fd, ownsHandle: true) : new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            sockaddr_nl local = new() { nl_family = NetlinkConstants.AF_NETLINK };
            // SAFETY: the structure lives on this stack frame during the call.
            if (Libc.bind(_socket, &local, (uint)sizeof(sockaddr_nl)) < 0)
            {
                throw new NetlinkException("bind a netlink socket", null, Marshal.GetLastPInvokeError());
            }

            // Older kernels lack some of these; without them errors only say less.
            SetOption(NetlinkConstants.SOL_NETLINK, NetlinkConstants.NETLINK_CAP_ACK, 1);
            SetOption(NetlinkConstants.SOL_NETLINK, NetlinkConstants.NETLINK_EXT_ACK, 1);
            if (protocol == NetlinkConstants.NETLINK_ROUTE)
            {
                SetOption(NetlinkConstants.SOL_NETLINK, NetlinkConstants.NETLINK_GET_STRICT_CHK, 1);
            }

            SetBuffer(NetlinkConstants.SO_RCVBUFFORCE, NetlinkConstants.SO_RCVBUF, _receiveBuffer);
            long* limit = stackalloc long[2] { AnswerSeconds, 0 };
            // SAFETY: a struct timeval is two 64-bit words on every 64-bit Linux.
            _ = Libc.setsockopt(
                _socket, NetlinkConstants.SOL_SOCKET, NetlinkConstants.SO_RCVTIMEO, limit, 2 * sizeof(long));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The handle of a socket that was opened to be awaited.</summary>
    internal SafeSocketHandle Awaitable => (SafeSocketHandle)_socket;

    /// <summary>From now on the group's notifications come too.</summary>
    internal void Join(int group)
    {
        if (!SetOption(NetlinkConstants.SOL_NETLINK, NetlinkConstants.NETLINK_ADD_MEMBERSHIP, group))
        {
            throw new NetlinkException("listen to netlink group", group.ToString(CultureInfo.InvariantCulture), Marshal.GetLastPInvokeError());
        }
    }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > FirstBuffer)
        {
            // A datagram must fit the send buffer whole, else the kernel says EMSGSIZE.
            SetBuffer(NetlinkConstants.SO_SNDBUFFORCE, NetlinkConstants.SO_SNDBUF, datagram.Length * 2);
        }

        sockaddr_nl kernel = new() { nl_family = NetlinkConstants.AF_NETLINK };
        while (true)
        {
            nint sent;
            // SAFETY: the span is pinned during the call, and the kernel does not keep the pointer.
            fixed (byte* bytes = datagram)
            {
                sent = Libc.sendto(_socket, bytes, (nuint)datagram.Length, 0, &kernel, (uint)sizeof(sockaddr_nl));
            }

            if (sent == datagram.Length)
            {
                return;
            }

            int errno = sent < 0 ? Marshal.GetLastPInvokeError() : ErrnoConstants.EMSGSIZE;
            if (errno != ErrnoConstants.EINTR)
            {
                throw new NetlinkException("send a netlink request", null, errno);
            }
        }
    }

    public ReadOnlySpan<byte> Receive(bool wait)
    {
        int flags = (wait ? 0 : NetlinkConstants.MSG_DONTWAIT) | NetlinkConstants.MSG_TRUNC;
        while (true)
        {
            nint length = ReceiveOnce(flags, out bool fromKernel);
            if (length < 0)
            {
                return default;
            }

            if (length > _buffer.Length)
            {
                // MSG_TRUNC told the whole length: the next attempt has room for it.
                _buffer = new byte[(int)Math.Max(length, _buffer.Length * 2L)];
                throw new NetlinkException("receive from netlink", null, ErrnoConstants.EMSGSIZE);
            }

            if (fromKernel)
            {
                return _buffer.AsSpan(0, (int)length);
            }
        }
    }

    public void GrowReceiveBuffer()
    {
        if (_receiveBuffer < LargestReceiveBuffer)
        {
            _receiveBuffer *= 2;
            SetBuffer(NetlinkConstants.SO_RCVBUFFORCE, NetlinkConstants.SO_RCVBUF, _receiveBuffer);
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>One receive; -1 when nothing is there and the caller would not wait.</summary>
    private nint ReceiveOnce(int flags, out bool fromKernel)
    {
        sockaddr_nl from = default;
        while (true)
        {
            uint length = (uint)sizeof(sockaddr_nl);
            nint received;
            // SAFETY: the buffer is pinned during the call, and its own length is given.
            fixed (byte* bytes = _buffer)
            {
                received = Libc.recvfrom(_socket, bytes, (nuint)_buffer.Length, flags, &from, &length);
            }

            // Port 0 is the kernel; any process may send to our port, and is not to be believed.
            fromKernel = from.nl_pid == 0;
            if (received >= 0)
            {
                return received;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == ErrnoConstants.EAGAIN)
            {
                if ((flags & NetlinkConstants.MSG_DONTWAIT) != 0)
                {
                    return -1;
                }

                throw new NetlinkException("receive from netlink", null, ErrnoConstants.ETIMEDOUT);
            }

            if (errno != ErrnoConstants.EINTR)
            {
                throw new NetlinkException("receive from netlink", null, errno);
            }
        }
    }

    private void SetBuffer(int forced, int limited, int bytes)
    {
        // The forced form goes beyond the system's limit but needs CAP_NET_ADMIN in the first user namespace.
        if (!SetOption(NetlinkConstants.SOL_SOCKET, forced, bytes))
        {
            SetOption(NetlinkConstants.SOL_SOCKET, limited, bytes);
        }
    }

    private bool SetOption(int level, int name, int value) =>
        // SAFETY: the option value is read during the call only.
        Libc.setsockopt(_socket, level, name, &value, (uint)Unsafe.SizeOf<int>()) == 0;
}
