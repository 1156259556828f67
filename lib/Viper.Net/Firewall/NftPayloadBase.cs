using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>Where in a packet an offset counts from.</summary>
public enum NftPayloadBase
{
    /// <summary>The Ethernet header.</summary>
    Link = NftExpressionConstants.NFT_PAYLOAD_LL_HEADER,

    /// <summary>The IP or ARP header.</summary>
    Network = NftExpressionConstants.NFT_PAYLOAD_NETWORK_HEADER,

    /// <summary>The TCP, UDP or ICMP header.</summary>
    Transport = NftExpressionConstants.NFT_PAYLOAD_TRANSPORT_HEADER,
}
