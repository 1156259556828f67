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
        WriteVerdict(ref writer, NftExpressionConstants.NFTA_IMMEDIATE_DATA);
    }

    /// <summary>The verdict as a value: of an instruction, or of an element of a map.</summary>
    internal void WriteVerdict(ref MessageWriter writer, int type)
    {
        int data = writer.BeginNest(type);
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
