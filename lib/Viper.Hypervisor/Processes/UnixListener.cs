using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>Listening unix sockets, made here and passed to a VMM, and connections to them.</summary>
internal static class UnixListener
{
    /// <summary>Whether a socket can be bound to the path; sockaddr_un holds 107 bytes and a NUL (unix(7)).</summary>
    public static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= Libc.UnixPathLimit;

    /// <summary>Binds and listens. The caller owns the descriptor and the file.</summary>
    public static unsafe SafeFd Listen(string path)
    {
        byte* address = stackalloc byte[Libc.UnixAddressSize];
        new Span<byte>(address, Libc.UnixAddressSize).Clear();
        *(ushort*)address = Libc.AF_UNIX;
        int length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + Libc.UnixPathOffset, Libc.UnixPathLimit));

        SafeFd socket = new(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0));

        // SAFETY: the address is zeroed and longer than the length given.
        if (socket.IsInvalid
            || Libc.bind(socket, address, (uint)(Libc.UnixPathOffset + length + 1)) != 0
            || Libc.listen(socket, 4) != 0)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            socket.Dispose();
            throw new HypervisorException($"The socket '{path}' could not be made: {reason}.");
        }

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    /// <summary>Connects, or answers null when nobody listens there.</summary>
    public static async Task<NetworkStream?> TryConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether somebody listens on the path now. A file whose listener is dead answers "connection refused".</summary>
    public static bool IsLive(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
