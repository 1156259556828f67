using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>Gives the packet the address of the link by which it leaves; in postrouting chains of type nat only.</summary>
public sealed record NftMasquerade : NftExpression
{
    internal override string Name => "masq";

    internal override void WriteData(ref MessageWriter writer)
    {
        // Without flags there is nothing to say.
    }
}
