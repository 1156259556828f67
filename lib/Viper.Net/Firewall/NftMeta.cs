using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Loads a fact about the packet into a register.</summary>
/// <param name="Key">Which fact.</param>
/// <param name="Register">Where to.</param>
public sealed record NftMeta(NftMetaKey Key, NftRegister Register = default) : NftExpression
{
    internal override string Name => "meta";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_META_KEY, (uint)Key);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_META_DREG, Register.Wire);
    }
}
