namespace Viper.Net.Firewall;

/// <summary>A rule as the kernel has it.</summary>
/// <param name="Chain">The chain that it is in.</param>
/// <param name="Handle">The kernel's number for it, by which it can be deleted.</param>
/// <param name="Comment">Its comment.</param>
/// <param name="Count">What its first counter has seen; null where it has none.</param>
public sealed record NftRuleState(string Chain, ulong Handle, string? Comment, NftCount? Count);
