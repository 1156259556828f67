using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Puts a constant into a register.</summary>
public sealed record NftLoad(ReadOnlyMemory<byte> Value, NftRegister Register = default) : NftExpression
{
    internal override string Name => "immediate";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_IMMEDIATE_DREG, Register.Wire);
        WriteValue(ref writer, NftExpressionConstants.NFTA_IMMEDIATE_DATA, Value.Span);
    }
}
