using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>One send or receive in the kernel, which waits there for a moment: most answers come within it.</summary>
/// <remarks>
/// The way over the pool's threads takes longer than a request. The runtime makes a socket non-blocking when it connects; it is
/// made blocking again, with a time limit (SO_RCVTIMEO, SO_SNDTIMEO; socket(7)) after which the call ends as on a non-blocking one,
/// so that the runtime's own operations go on working.
/// </remarks>
internal static class BlockingSocket
{
    private const int PatienceMicroseconds = 1000;
    private const int TimevalSize = 16;

    /// <summary>Makes a connected socket wait.</summary>
    public static void Prepare(Socket socket)
    {
        Span<byte> patience = stackalloc byte[TimevalSize];
        patience.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(patience[8..], PatienceMicroseconds);
        socket.SetRawSocketOption(Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, patience);
        socket.SetRawSocketOption(Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, patience);
        int flags = Libc.fcntl_handle(socket.SafeHandle, Libc.F_GETFL, 0);
        if (flags < 0 || Libc.fcntl_handle(socket.SafeHandle, Libc.F_SETFL, flags & ~Libc.O_NONBLOCK) < 0)
        {
            throw new IOException($"the socket could not be prepared (fcntl): {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Receives what is there or comes within the moment; 0 at the end, -1 when nothing came.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static unsafe int Receive(Socket socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            // SAFETY: the count is the buffer's length.
            nint count = Libc.recv(socket.SafeHandle, start, (nuint)buffer.Length, 0);
            return count >= 0 ? (int)count : NothingOrThrow();
        }
    }

    /// <summary>Sends what fits; the number of bytes, perhaps none.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static unsafe int Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            // SAFETY: the count is the buffer's length.
            nint count = Libc.send(socket.SafeHandle, start, (nuint)bytes.Length, Libc.MSG_NOSIGNAL);
            return count >= 0 ? (int)count : NothingOrThrow() + 1;
        }
    }

    private static int NothingOrThrow()
    {
        int errno = Marshal.GetLastPInvokeError();
        return errno is Libc.EAGAIN or Libc.EINTR
            ? -1
            : throw new IOException("the connection broke", new SocketException(errno));
    }
}
