using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Loads the state of the packet's connection into a register (4 bytes, the host's order).</summary>
/// <param name="Register">Where to.</param>
public sealed record NftConnectionTracking(NftRegister Register = default) : NftExpression
{
    internal override string Name => "ct";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_CT_KEY, NftExpressionConstants.NFT_CT_STATE);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_CT_DREG, Register.Wire);
    }
}
