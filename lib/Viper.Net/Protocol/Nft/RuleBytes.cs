namespace Viper.Net.Protocol.Nft;

/// <summary>A rule as the kernel gives it back.</summary>
/// <param name="Chain">The chain that it is in.</param>
/// <param name="Expressions">The list of its instructions, as attributes.</param>
internal sealed record RuleBytes(string Chain, byte[] Expressions);
