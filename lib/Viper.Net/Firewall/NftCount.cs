namespace Viper.Net.Firewall;

/// <summary>What a counter has seen.</summary>
public readonly record struct NftCount(ulong Packets, ulong Bytes);
