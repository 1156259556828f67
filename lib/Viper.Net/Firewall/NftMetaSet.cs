using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Sets a property of the packet, such as its mark, from a register.</summary>
public sealed record NftMetaSet(NftMetaKey Key, NftRegister Register = default) : NftExpression
{
    internal override string Name => "meta";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_META_KEY, (uint)Key);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_META_SREG, Register.Wire);
    }
}
