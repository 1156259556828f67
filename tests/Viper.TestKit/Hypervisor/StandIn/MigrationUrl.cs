using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Where a migration goes: unix:PATH or tcp:HOST:PORT.</summary>
internal static class MigrationUrl
{
    private const string Unix = "unix:";
    private const string Tcp = "tcp:";

    /// <summary>The end point, or null if the text is no such address.</summary>
    public static EndPoint? TryParse(string url)
    {
        if (url.StartsWith(Unix, StringComparison.Ordinal) && url.Length is > 5 and < 112)
        {
            return new UnixDomainSocketEndPoint(url[Unix.Length..]);
        }

        int colon = url.LastIndexOf(':');
        return url.StartsWith(Tcp, StringComparison.Ordinal) && colon > Tcp.Length
            && IPAddress.TryParse(url.AsSpan(Tcp.Length..colon), out IPAddress? host)
            && ushort.TryParse(url.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
                ? new IPEndPoint(host, port)
                : null;
    }

    public static Socket NewSocket(EndPoint place) => new(
        place.AddressFamily, SocketType.Stream, place is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
}
