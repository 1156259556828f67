namespace Viper.Net.Firewall;

/// <summary>A named object as the kernel has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Count">What a counter has seen; of a quota only the bytes.</param>
/// <param name="Limit">What a quota lets pass, or a limit's rate; 0 for a counter.</param>
public sealed record NftObjectState(string Name, NftObjectKind Kind, NftCount Count, ulong Limit);
