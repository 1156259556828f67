namespace Viper.Hypervisor;

/// <summary>Limits that the disks of a group share.</summary>
public sealed record RateLimitGroupConfig
{
    /// <summary>The group's name, for <see cref="DiskConfig.RateLimitGroup"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The limits.</summary>
    public required RateLimiterConfig RateLimiterConfig { get; init; }
}
