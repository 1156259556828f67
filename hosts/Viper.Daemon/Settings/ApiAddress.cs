using System.Net;

namespace Viper.Daemon.Settings;

/// <summary>One address that the API listens on: a unix socket or a TCP port.</summary>
internal sealed record ApiAddress
{
    internal const int DefaultPort = 7777;

    // sockaddr_un.sun_path has 108 bytes, the last of them zero (linux/un.h).
    private const int MaxSocketPath = 107;

    private ApiAddress(string? socketPath, IPEndPoint? endPoint, string? host)
    {
        SocketPath = socketPath;
        EndPoint = endPoint;
        Host = host;
    }

    /// <summary>The path of the socket; null for TCP.</summary>
    internal string? SocketPath { get; }

    /// <summary>Where TCP listens; null for a socket.</summary>
    internal IPEndPoint? EndPoint { get; }

    /// <summary>The host as it was named; null for a socket.</summary>
    internal string? Host { get; }

    internal bool IsLoopback => EndPoint is null || IPAddress.IsLoopback(EndPoint.Address);

    public override string ToString() => SocketPath is not null ? "unix:" + SocketPath : $"http://{EndPoint}";

    internal static ApiAddress Loopback(int port) => new(null, new IPEndPoint(IPAddress.Loopback, port), "127.0.0.1");

    internal static ApiAddress Unix(string path) => System.Text.Encoding.UTF8.GetByteCount(path) <= MaxSocketPath
        ? new ApiAddress(path, null, null)
        : throw new SettingsException($"The socket path {path} is longer than {MaxSocketPath} bytes; choose a shorter runtime directory.");

    /// <summary>Reads <c>unix:PATH</c> or <c>http://ADDRESS[:PORT]</c>.</summary>
    internal static ApiAddress Parse(SettingValue value)
    {
        const string Expected = "unix:PATH or http://ADDRESS:PORT with an IP address or localhost";
        if (value.Text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = value.Text["unix:".Length..];
            return path.Length > 0 && !path.Contains('\0') ? Unix(Path.GetFullPath(path)) : throw value.NotA(Expected);
        }

        if (!Uri.TryCreate(value.Text, UriKind.Absolute, out Uri? uri) || uri.Scheme != Uri.UriSchemeHttp ||
            uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw value.NotA(Expected);
        }

        string host = uri.IdnHost.Trim('[', ']');
        IPAddress? address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null;
        bool named = value.Text.AsSpan("http://".Length).TrimEnd('/').EndsWith($":{uri.Port}");
        return address is null ? throw value.NotA(Expected) : new ApiAddress(null, new IPEndPoint(address, named ? uri.Port : DefaultPort), host);
    }
}
