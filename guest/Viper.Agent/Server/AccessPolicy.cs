using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Viper.Agent.Boot;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>
/// Who may speak to the agent: the host's address, with the VM's token, not a web page (no Origin), and under an
/// address instead of a name (no DNS rebinding). A page in the guest's own browser fails the first of these.
/// </summary>
internal sealed class AccessPolicy
{
    private const string Bearer = "Bearer ";

    private readonly IPAddress _host;
    private readonly VmToken _token;

    internal AccessPolicy(IPAddress host, VmToken token)
    {
        _host = host;
        _token = token;
    }

    /// <summary>Says whether a connection comes from the host; all others are closed without an answer.</summary>
    internal bool IsHost(EndPoint? peer) => peer is IPEndPoint { Address: var address } && address.Equals(_host);

    /// <summary>Judges a request; null when it is allowed.</summary>
    internal HttpFault? Check(HttpHeaders headers)
    {
        if (!HasToken(headers))
        {
            return new HttpFault(401, "unauthorized", "The request does not carry this VM's token.");
        }

        if (headers.CountOf("Origin") > 0)
        {
            return new HttpFault(403, "forbidden_origin", "Web pages may not call the agent: the request has an Origin header.");
        }

        return IsAddress(headers["Host"])
            ? null
            : new HttpFault(403, "forbidden_host", "The Host header must be the guest's IP address, with or without a port.");
    }

    private bool HasToken(HttpHeaders headers)
    {
        if (headers["Authorization"] is { } authorization)
        {
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                && _token.Matches(authorization.AsSpan(Bearer.Length).Trim(' '));
        }

        return headers["X-Viper-Token"] is { } token && _token.Matches(token);
    }

    private static bool IsAddress(ReadOnlySpan<char> host)
    {
        if (host.StartsWith("["))
        {
            var end = host.IndexOf(']');
            return end > 0 && IPAddress.TryParse(host[1..end], out var six) && six.AddressFamily == AddressFamily.InterNetworkV6
                && IsPort(host[(end + 1)..]);
        }

        var colon = host.IndexOf(':');
        var name = colon < 0 ? host : host[..colon];

        // Written out: the short, octal and hexadecimal forms that IPAddress also reads are not what our host sends.
        return IPAddress.TryParse(name, out var four) && four.AddressFamily == AddressFamily.InterNetwork
            && name.SequenceEqual(four.ToString()) && (colon < 0 || IsPort(host[colon..]));
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
