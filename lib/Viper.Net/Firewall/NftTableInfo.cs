namespace Viper.Net.Firewall;

/// <summary>A table as the kernel describes it at one moment.</summary>
/// <param name="Family">The packets that it sees.</param>
/// <param name="Name">Its name.</param>
/// <param name="Comment">Its comment, or null.</param>
public sealed record NftTableInfo(NftFamily Family, string Name, string? Comment);
