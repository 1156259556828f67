namespace Viper.Net.Firewall;

/// <summary>What a part of a key is; the numbers are those by which nft knows its types (nftables, include/datatype.h).</summary>
public enum NftKeyType
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    Ipv4Address = 7,

    /// <summary>An IPv6 address.</summary>
    Ipv6Address = 8,

    /// <summary>An Ethernet address.</summary>
    EthernetAddress = 9,

    /// <summary>A transport protocol, one byte.</summary>
    Protocol = 12,

    /// <summary>A TCP or UDP port.</summary>
    Port = 13,

    /// <summary>A packet mark, in the machine's byte order.</summary>
    Mark = 19,

    /// <summary>The name of a link.</summary>
    LinkName = 41,
}
