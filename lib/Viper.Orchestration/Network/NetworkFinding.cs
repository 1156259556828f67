namespace Viper.Orchestration.Network;

/// <summary>What a check found.</summary>
/// <param name="Name">A short name that stays the same, such as <c>forwarding</c>.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="What">What was found.</param>
/// <param name="Why">Why it matters; empty when all is well.</param>
/// <param name="Remedy">What to do; empty when all is well.</param>
public sealed record NetworkFinding(string Name, FindingLevel Level, string What, string Why = "", string Remedy = "");
