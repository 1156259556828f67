using System.Net;
using System.Net.Sockets;

namespace Viper.Client.Internal;

/// <summary>Makes the HTTP handler to a daemon: by its unix socket or its address, never by a proxy of the environment.</summary>
internal static class DaemonHandler
{
    private static readonly HttpRequestOptionsKey<bool> s_reached = new("viper.reached");

    internal static SocketsHttpHandler Make(ViperClientOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            UseCookies = false,
            UseProxy = false,
        };
        string? path = options.Address.SocketPath;
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            Stream stream = path is null
                ? await ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, context.DnsEndPoint, cancellationToken).ConfigureAwait(false)
                : await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            context.InitialRequestMessage.Options.Set(s_reached, true);
            return stream;
        };
        return handler;
    }

    /// <summary>Whether there was a connection for a request; the handler asks again by another where the first one ends without an answer.</summary>
    internal static bool HasReached(HttpRequestMessage request) => request.Options.TryGetValue(s_reached, out bool reached) && reached;

    private static async ValueTask<Stream> ConnectAsync(Socket socket, EndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
