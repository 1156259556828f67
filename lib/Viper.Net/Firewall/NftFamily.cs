using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>The kind of packets that a table sees.</summary>
public enum NftFamily
{
    /// <summary>IPv4 and IPv6.</summary>
    Inet = NftMessageConstants.NFPROTO_INET,

    /// <summary>IPv4 only.</summary>
    Ipv4 = NftMessageConstants.NFPROTO_IPV4,

    /// <summary>IPv6 only.</summary>
    Ipv6 = NftMessageConstants.NFPROTO_IPV6,

    /// <summary>Frames that a bridge handles.</summary>
    Bridge = NftMessageConstants.NFPROTO_BRIDGE,
}
