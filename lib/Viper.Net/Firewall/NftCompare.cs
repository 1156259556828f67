using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Goes on only when a register compares as asked.</summary>
/// <param name="Operator">How.</param>
/// <param name="Value">With what; its length is the length compared.</param>
/// <param name="Register">Which register.</param>
public sealed record NftCompare(NftCompareOperator Operator, ReadOnlyMemory<byte> Value, NftRegister Register = default) : NftExpression
{
    internal override string Name => "cmp";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_CMP_SREG, Register.Wire);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_CMP_OP, (uint)Operator);
        WriteValue(ref writer, NftExpressionConstants.NFTA_CMP_DATA, Value.Span);
    }
}
