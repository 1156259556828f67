namespace Viper.State;

/// <summary>What changed in the pool.</summary>
/// <param name="Added">The number of addresses that came into the pool.</param>
/// <param name="Removed">The number of addresses that left it.</param>
/// <param name="Retired">The number of leased addresses that leave it as soon as their VM is deleted.</param>
public readonly record struct SeedResult(int Added, int Removed, int Retired);
