using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>Kinds of named objects.</summary>
public enum NftObjectKind
{
    /// <summary>A counter.</summary>
    Counter = NftObjectConstants.NFT_OBJECT_COUNTER,

    /// <summary>A number of bytes that may pass.</summary>
    Quota = NftObjectConstants.NFT_OBJECT_QUOTA,

    /// <summary>A rate.</summary>
    Limit = NftObjectConstants.NFT_OBJECT_LIMIT,
}
