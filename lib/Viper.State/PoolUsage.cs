namespace Viper.State;

/// <summary>How full the pool of addresses is.</summary>
/// <param name="Total">The number of addresses, the leased ones included.</param>
/// <param name="Leased">The number of addresses that a VM holds.</param>
/// <param name="Quarantined">The number of addresses that rest after their release.</param>
/// <param name="Reserved">The number of free addresses that are kept for a VM of a certain name.</param>
public readonly record struct PoolUsage(int Total, int Leased, int Quarantined = 0, int Reserved = 0);
