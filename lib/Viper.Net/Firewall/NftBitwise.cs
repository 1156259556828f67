using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Changes a register to <c>(register AND mask) XOR xor</c>.</summary>
/// <param name="Mask">The bits to keep.</param>
/// <param name="Xor">The bits to turn; as long as the mask.</param>
/// <param name="Register">Which register.</param>
public sealed record NftBitwise(ReadOnlyMemory<byte> Mask, ReadOnlyMemory<byte> Xor, NftRegister Register = default) : NftExpression
{
    internal override string Name => "bitwise";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_BITWISE_SREG, Register.Wire);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_BITWISE_DREG, Register.Wire);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_BITWISE_LEN, (uint)Mask.Length);
        WriteValue(ref writer, NftExpressionConstants.NFTA_BITWISE_MASK, Mask.Span);
        WriteValue(ref writer, NftExpressionConstants.NFTA_BITWISE_XOR, Xor.Span);
    }
}
