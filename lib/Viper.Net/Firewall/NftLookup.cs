using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Goes on only when a register is, or is not, in a set of the same table.</summary>
/// <param name="Set">The set.</param>
/// <param name="Inverted">True: go on when it is not there.</param>
/// <param name="Register">Where the key begins.</param>
public sealed record NftLookup(string Set, bool Inverted = false, NftRegister Register = default) : NftExpression
{
    /// <summary>Where the value of a map goes; null: nowhere, or to the verdict.</summary>
    public NftRegister? Destination { get; init; }

    /// <summary>True: the value of the map is the verdict, and a key without one goes on with the next rule.</summary>
    public bool IsVerdict { get; init; }

    internal override string Name => "lookup";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeText(NftExpressionConstants.NFTA_LOOKUP_SET, Set);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_LOOKUP_SREG, Register.Wire);
        if (IsVerdict)
        {
            writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_LOOKUP_DREG, NftExpressionConstants.NFT_REG_VERDICT);
            return;
        }

        if (Destination is { } destination)
        {
            writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_LOOKUP_DREG, destination.Wire);
            return;
        }

        writer.AttributeUInt32BigEndian(
            NftExpressionConstants.NFTA_LOOKUP_FLAGS, Inverted ? (uint)NftExpressionConstants.NFT_LOOKUP_F_INV : 0);
    }
}
