using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>What the kernel knows of a packet beside its bytes.</summary>
public enum NftMetaKey
{
    /// <summary>Its Ethernet type, 2 bytes in network order.</summary>
    Protocol = NftExpressionConstants.NFT_META_PROTOCOL,

    /// <summary>The mark, 4 bytes in the host's order.</summary>
    Mark = NftExpressionConstants.NFT_META_MARK,

    /// <summary>The name of the link on which it came, 16 bytes.</summary>
    InputName = NftExpressionConstants.NFT_META_IIFNAME,

    /// <summary>The name of the link by which it leaves, 16 bytes.</summary>
    OutputName = NftExpressionConstants.NFT_META_OIFNAME,

    /// <summary>The address family (NFPROTO), 1 byte.</summary>
    Family = NftExpressionConstants.NFT_META_NFPROTO,

    /// <summary>The transport protocol, 1 byte.</summary>
    TransportProtocol = NftExpressionConstants.NFT_META_L4PROTO,
}
