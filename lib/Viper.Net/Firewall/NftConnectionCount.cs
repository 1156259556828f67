using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Matches by the number of connections that are open: of the rule, or of the element where a set holds it.</summary>
/// <param name="Count">The number.</param>
/// <param name="IsOver">True: matches the connections beyond it, to refuse them.</param>
/// <remarks>Equivalent to: <c>ct count over 20</c>. Only the first packet of a connection should come here.</remarks>
public sealed record NftConnectionCount(uint Count, bool IsOver = true) : NftExpression
{
    internal override string Name => "connlimit";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_CONNLIMIT_COUNT, Count);
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_CONNLIMIT_FLAGS, IsOver ? (uint)NftObjectConstants.NFT_CONNLIMIT_F_INV : 0);
    }
}
