using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Loads bytes of the packet into a register.</summary>
/// <param name="Base">Where the offset counts from.</param>
/// <param name="Offset">Bytes from there.</param>
/// <param name="Length">Bytes to load, 1 to 16.</param>
/// <param name="Register">Where to.</param>
public sealed record NftPayload(NftPayloadBase Base, int Offset, int Length, NftRegister Register = default) : NftExpression
{
    internal override string Name => "payload";

    internal override void WriteData(ref MessageWriter writer)
    {
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_PAYLOAD_DREG, Register.Wire);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_PAYLOAD_BASE, (uint)Base);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_PAYLOAD_OFFSET, (uint)Offset);
        writer.AttributeUInt32BigEndian(NftExpressionConstants.NFTA_PAYLOAD_LEN, (uint)Length);
    }
}
