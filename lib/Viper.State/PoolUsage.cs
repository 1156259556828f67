namespace Viper.State;

/// <summary>How full the pool of addresses is.</summary>
/// <param name="Total">The number of addresses, the leased ones included.</param>
/// <param name="Leased">The number of addresses that a VM holds.</param>
public readonly record struct PoolUsage(int Total, int Leased);
