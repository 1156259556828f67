using System.Net;

namespace Viper.State;

/// <summary>What became of the wish to reserve an address: one of the nested types.</summary>
public abstract record ReserveResult
{
    private ReserveResult()
    {
    }

    /// <summary>The VM of that name gets the address whenever it is created, and nobody else does.</summary>
    /// <param name="Address">The address.</param>
    public sealed record Reserved(IPAddress Address) : ReserveResult;

    /// <summary>The address is another VM's, or reserved for one. Nothing was changed.</summary>
    /// <param name="Address">The address.</param>
    /// <param name="VmName">The name of that VM.</param>
    public sealed record Taken(IPAddress Address, string VmName) : ReserveResult;

    /// <summary>The address rests after its release. Nothing was changed.</summary>
    /// <param name="Address">The address.</param>
    /// <param name="FreeAt">When it is free; UTC, whole milliseconds.</param>
    public sealed record Quarantined(IPAddress Address, DateTimeOffset FreeAt) : ReserveResult;

    /// <summary>The address is not one of the pool. Nothing was changed.</summary>
    /// <param name="Address">The address.</param>
    public sealed record NotInPool(IPAddress Address) : ReserveResult;

    /// <summary>No address is free. Nothing was changed.</summary>
    /// <param name="Pool">How full the pool is.</param>
    /// <param name="NextFreeAt">When the first of the resting addresses is free; null where none rests.</param>
    public sealed record PoolExhausted(PoolUsage Pool, DateTimeOffset? NextFreeAt) : ReserveResult;
}
