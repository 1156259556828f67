using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>How a register is compared.</summary>
public enum NftCompareOperator
{
    /// <summary>Equal.</summary>
    Equal = NftExpressionConstants.NFT_CMP_EQ,

    /// <summary>Not equal.</summary>
    NotEqual = NftExpressionConstants.NFT_CMP_NEQ,

    /// <summary>Less, as bytes in network order.</summary>
    Less = NftExpressionConstants.NFT_CMP_LT,

    /// <summary>Less or equal.</summary>
    LessOrEqual = NftExpressionConstants.NFT_CMP_LTE,

    /// <summary>Greater.</summary>
    Greater = NftExpressionConstants.NFT_CMP_GT,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual = NftExpressionConstants.NFT_CMP_GTE,
}
