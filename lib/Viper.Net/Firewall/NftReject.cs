using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Drops the packet and says so to its sender: ICMP, administratively prohibited.</summary>
public sealed record NftReject : NftExpression
{
    internal override string Name => "reject";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_REJECT_TYPE, NftExpressionConstants.NFT_REJECT_ICMPX_UNREACH);
        writer.AttributeByte(NftExpressionConstants.NFTA_REJECT_ICMP_CODE, NftExpressionConstants.NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
    }
}
