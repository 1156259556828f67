using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Goes on only when a register is, or is not, in a set of the same table.</summary>
/// <param name="Set">The set.</param>
/// <param name="Inverted">True: go on when it is not there.</param>
/// <param name="Register">Where the key begins.</param>
public sealed record NftLookup(string Set, bool Inverted = false, NftRegister Register = default) : NftExpression
{
    internal override string Name => "lookup";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeText(NftExpressionConstants.NFTA_LOOKUP_SET, Set);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_LOOKUP_SREG, Register.Wire);
        writer.AttributeUInt32BigEndian(
            NftExpressionConstants.NFTA_LOOKUP_FLAGS, Inverted ? (uint)NftExpressionConstants.NFT_LOOKUP_F_INV : 0);
    }
}
