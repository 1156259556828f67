using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>What happens to a packet.</summary>
public enum NftVerdictKind
{
    /// <summary>It is dropped without a word.</summary>
    Drop = NftMessageConstants.NF_DROP,

    /// <summary>It passes this hook.</summary>
    Accept = NftMessageConstants.NF_ACCEPT,

    /// <summary>Another chain looks at it, and then this one goes on.</summary>
    Jump = NftExpressionConstants.NFT_JUMP,

    /// <summary>Another chain looks at it instead of this one.</summary>
    Goto = NftExpressionConstants.NFT_GOTO,

    /// <summary>The chain that called this one goes on.</summary>
    Return = NftExpressionConstants.NFT_RETURN,

    /// <summary>The next instruction, as if nothing had been said.</summary>
    Continue = NftExpressionConstants.NFT_CONTINUE,
}
