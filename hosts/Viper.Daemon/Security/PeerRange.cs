using System.Net;

namespace Viper.Daemon.Security;

/// <summary>The networks that TCP callers may come from.</summary>
internal sealed class PeerRange(IReadOnlyList<IPNetwork> networks)
{
    /// <summary>Whether a caller of that address is let in; all are where no network is named.</summary>
    internal bool Allows(IPAddress? peer)
    {
        if (networks.Count == 0)
        {
            return true;
        }

        IPAddress? address = peer is { IsIPv4MappedToIPv6: true } ? peer.MapToIPv4() : peer;
        return address is not null && networks.Any(n => n.Contains(address));
    }
}
