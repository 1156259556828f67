using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Counts the packets and bytes that come so far.</summary>
public sealed record NftCounter : NftExpression
{
    internal override string Name => "counter";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt64BigEndian(NftExpressionConstants.NFTA_COUNTER_BYTES, 0);
        writer.AttributeUInt64BigEndian(NftExpressionConstants.NFTA_COUNTER_PACKETS, 0);
    }
}
