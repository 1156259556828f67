using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Goes on only when a register is within, or outside, a range.</summary>
/// <param name="From">The lowest value, in network order.</param>
/// <param name="To">The highest value; as long as the lowest.</param>
/// <param name="Inverted">True: go on when it is outside.</param>
/// <param name="Register">Which register.</param>
public sealed record NftRange(ReadOnlyMemory<byte> From, ReadOnlyMemory<byte> To, bool Inverted = false, NftRegister Register = default) : NftExpression
{
    internal override string Name => "range";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_RANGE_SREG, Register.Wire);
        writer.AttributeUInt32BigEndian(
            NftExpressionConstants.NFTA_RANGE_OP,
            (uint)(Inverted ? NftExpressionConstants.NFT_RANGE_NEQ : NftExpressionConstants.NFT_RANGE_EQ));
        WriteValue(ref writer, NftExpressionConstants.NFTA_RANGE_FROM_DATA, From.Span);
        WriteValue(ref writer, NftExpressionConstants.NFTA_RANGE_TO_DATA, To.Span);
    }
}
