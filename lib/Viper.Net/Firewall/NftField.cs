namespace Viper.Net.Firewall;

/// <summary>Fields of a packet that rules look up in sets and maps.</summary>
public enum NftField
{
    /// <summary>The link by which it came, by name.</summary>
    InputName,

    /// <summary>The link by which it leaves, by name.</summary>
    OutputName,

    /// <summary>The sender's Ethernet address.</summary>
    SourceMac,

    /// <summary>The receiver's Ethernet address.</summary>
    DestinationMac,

    /// <summary>The sender's IPv4 address.</summary>
    SourceAddress,

    /// <summary>The receiver's IPv4 address.</summary>
    DestinationAddress,

    /// <summary>The transport protocol.</summary>
    Protocol,

    /// <summary>The sender's TCP or UDP port.</summary>
    SourcePort,

    /// <summary>The receiver's TCP or UDP port.</summary>
    DestinationPort,

    /// <summary>The packet's mark.</summary>
    Mark,
}
