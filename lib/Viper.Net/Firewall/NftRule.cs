namespace Viper.Net.Firewall;

/// <summary>A rule: instructions in order, and a comment.</summary>
/// <param name="Expressions">The instructions.</param>
/// <param name="Comment">Shown by <c>nft list</c>; at most 127 bytes of UTF-8.</param>
public sealed record NftRule(IReadOnlyList<NftExpression> Expressions, string? Comment = null);
