namespace Viper.Net.Firewall;

/// <summary>The type of a set's key, or of one part of it.</summary>
/// <remarks>
/// The kernel compares bytes and keeps the number for nft, which prints by it. Numbers: nftables, include/datatype.h.
/// </remarks>
public enum NftKeyType
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    Ipv4Address = 7,

    /// <summary>An Ethernet address.</summary>
    EthernetAddress = 9,

    /// <summary>A port in network order.</summary>
    Port = 13,

    /// <summary>The name of a link.</summary>
    LinkName = 41,
}
