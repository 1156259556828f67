namespace Viper.Hypervisor;

/// <summary>Limits of bytes and of operations, each independent of the other.</summary>
public sealed record RateLimiterConfig
{
    /// <summary>The bytes; no limit when null.</summary>
    public TokenBucket? Bandwidth { get; init; }

    /// <summary>The operations; no limit when null.</summary>
    public TokenBucket? Ops { get; init; }
}
