using System.Net;
using System.Net.Sockets;

namespace Viper.Daemon.Hosting;

/// <summary>Makes the sockets that the server listens on.</summary>
internal static class ListenSockets
{
    /// <summary>A bound socket that nobody can connect to yet; a unix socket is its owner's alone before it begins to listen.</summary>
    internal static Socket Bind(EndPoint endPoint)
    {
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            // What follows the file's making is refused until listen(2), so the mode is never wider for anyone.
            socket.Bind(endPoint);
            if (isUnix)
            {
                File.SetUnixFileMode(endPoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
