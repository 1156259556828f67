namespace Viper.Net.Protocol.Nft;

/// <summary>One message of a transaction, put into words only when it is refused.</summary>
internal readonly record struct NftStep(string Verb, string First, string? Second = null)
{
    public override string ToString() => Second is null ? $"{Verb} {First}" : $"{Verb} {First} {Second}";
}
