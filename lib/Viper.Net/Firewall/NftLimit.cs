using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Matches as long as a rate is kept, or once it is exceeded.</summary>
/// <param name="Rate">Packets, or bytes, in one unit of time; at least 1.</param>
/// <param name="Unit">The unit of time.</param>
/// <param name="IsBytes">True: bytes are counted; false: packets.</param>
/// <param name="Burst">How much more may come at once: packets, 5 where it is 0, or bytes.</param>
/// <param name="IsOver">True: matches what exceeds the rate, to drop it.</param>
/// <remarks>Equivalent to: <c>limit rate [over] 10 mbytes/second burst 64 kbytes</c>.</remarks>
public sealed record NftLimit(ulong Rate, NftLimitUnit Unit, bool IsBytes = false, uint Burst = 0, bool IsOver = false) : NftExpression
{
    private const uint DefaultPacketBurst = 5;

    internal override string Name => "limit";

    internal override void WriteData(ref MessageWriter writer)
    {
        ArgumentOutOfRangeException.ThrowIfZero(Rate);
        ArgumentOutOfRangeException.ThrowIfLessThan((int)Unit, 1, nameof(Unit));
        writer.AttributeUInt64BigEndian(NftObjectConstants.NFTA_LIMIT_RATE, Rate);
        writer.AttributeUInt64BigEndian(NftObjectConstants.NFTA_LIMIT_UNIT, (ulong)Unit);
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_LIMIT_BURST, Burst == 0 && !IsBytes ? DefaultPacketBurst : Burst);
        writer.AttributeUInt32BigEndian(
            NftObjectConstants.NFTA_LIMIT_TYPE, (uint)(IsBytes ? NftObjectConstants.NFT_LIMIT_PKT_BYTES : NftObjectConstants.NFT_LIMIT_PKTS));
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_LIMIT_FLAGS, IsOver ? (uint)NftObjectConstants.NFT_LIMIT_F_INV : 0);
    }
}
