using Viper.Daemon.Settings;

namespace Viper.Daemon.Security;

/// <summary>The names by which this daemon may be addressed, and the web origins that are its own.</summary>
/// <remarks>
/// A name that a stranger's DNS can point at this machine must not work (DNS rebinding). Hosts are allowed with any port, for
/// ports are forwarded; an origin is allowed with the daemon's own port only, for other ports of this machine serve pages of others.
/// </remarks>
internal sealed class HostAllowList
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };
    private readonly HashSet<string> _origins = new(StringComparer.OrdinalIgnoreCase);

    internal HostAllowList(IReadOnlyList<ApiAddress> listen, IReadOnlyList<string> further)
    {
        foreach (ApiAddress address in listen)
        {
            if (address.Host is not null && !IsWildcard(address))
            {
                _hosts.Add(Bracketed(address.Host));
            }
        }

        foreach (string name in further)
        {
            _hosts.Add(HostOf(name) ?? name);
            _origins.Add("http://" + name);
            _origins.Add("https://" + name);
        }

        foreach (int port in listen.Where(a => a.EndPoint is not null).Select(a => a.EndPoint!.Port))
        {
            AddPort(port);
        }
    }

    /// <summary>Adds a port that the daemon serves, as soon as it is known.</summary>
    internal void AddPort(int port)
    {
        foreach (string host in _hosts)
        {
            _origins.Add($"http://{host}:{port}");
        }
    }

    /// <summary>Whether a Host header names this daemon.</summary>
    internal bool AllowsHost(string? header) => header is not null && HostOf(header) is { } host && _hosts.Contains(host);

    /// <summary>Whether an Origin header is one of the daemon's own.</summary>
    internal bool AllowsOrigin(string header) => _origins.Contains(header);

    private static bool IsWildcard(ApiAddress address) =>
        address.EndPoint!.Address.Equals(System.Net.IPAddress.Any) || address.EndPoint.Address.Equals(System.Net.IPAddress.IPv6Any);

    private static string Bracketed(string host) => host.Contains(':') ? $"[{host}]" : host;

    // host [ ":" port ], RFC 9110 §7.2; nothing else, in particular no user info and no spaces.
    private static string? HostOf(string header)
    {
        int end = header.StartsWith('[') ? header.IndexOf(']') + 1 : header.IndexOf(':');
        if (header.StartsWith('[') && end == 0)
        {
            return null;
        }

        string host = end < 0 ? header : header[..end];
        string rest = end < 0 ? "" : header[end..];
        bool isPort = rest.Length == 0 || (rest.Length is > 1 and <= 6 && rest[0] == ':' && rest.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);
        return host.Length > 0 && isPort ? host : null;
    }
}
