namespace Viper.Daemon.Relay;

/// <summary>Which headers pass between a caller and an agent.</summary>
internal static class RelayHeaders
{
    // RFC 9110 §7.6.1: these belong to one connection. (Further names in a caller's Connection header never get here: the
    // server keeps of that header only the options that it knows.)
    private static readonly HashSet<string> s_hopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    // The caller's secrets and claims about itself are none of the guest's business; the length is the body's own to say, once.
    private static readonly HashSet<string> s_callers = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Origin", "Authorization", "Cookie", "X-API-Key", "Forwarded", "Expect", "Prefer",
    };

    // The guest is hostile: it may not set anything for the daemon's origin, or say more than once how long a body is.
    private static readonly HashSet<string> s_guests = new(StringComparer.OrdinalIgnoreCase)
    {
        "Set-Cookie", "Set-Cookie2", "Clear-Site-Data", "Service-Worker-Allowed", "Strict-Transport-Security", "Alt-Svc", "WWW-Authenticate",
        "Content-Security-Policy", "X-Content-Type-Options", "Refresh", "Server", "Date",
    };

    /// <summary>Whether a request header goes to the agent.</summary>
    internal static bool GoesToAgent(string name) =>
        !s_hopByHop.Contains(name) && !s_callers.Contains(name) && !name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a response header goes to the caller.</summary>
    internal static bool GoesToCaller(string name, IEnumerable<string> connection) =>
        !s_hopByHop.Contains(name) && !s_guests.Contains(name) && !name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) &&
        !connection.Contains(name, StringComparer.OrdinalIgnoreCase);
}
