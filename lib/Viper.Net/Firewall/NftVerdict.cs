using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Ends the rule with a verdict.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Chain">The chain to jump or go to; null for other verdicts.</param>
public sealed record NftVerdict(NftVerdictKind Kind, string? Chain = null) : NftExpression
{
    internal override string Name => "immediate";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_IMMEDIATE_DREG, NftExpressionConstants.NFT_REG_VERDICT);
        int data = writer.BeginNest(NftExpressionConstants.NFTA_IMMEDIATE_DATA);
        int verdict = writer.BeginNest(NftExpressionConstants.NFTA_DATA_VERDICT);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_VERDICT_CODE, unchecked((uint)Kind));
        if (Chain is not null)
        {
            writer.AttributeText(NftExpressionConstants.NFTA_VERDICT_CHAIN, Chain);
        }

        writer.EndNest(verdict);
        writer.EndNest(data);
    }
}
