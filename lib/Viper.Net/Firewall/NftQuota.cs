using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Matches until a number of bytes has passed, or from then on.</summary>
/// <param name="Bytes">The number.</param>
/// <param name="IsOver">True: matches what comes after them.</param>
public sealed record NftQuota(ulong Bytes, bool IsOver = false) : NftExpression
{
    internal override string Name => "quota";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt64BigEndian(NftObjectConstants.NFTA_QUOTA_BYTES, Bytes);
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_QUOTA_FLAGS, IsOver ? (uint)NftObjectConstants.NFT_QUOTA_F_INV : 0);
    }
}
