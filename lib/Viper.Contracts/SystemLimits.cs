namespace Viper.Contracts;

/// <summary>What <c>GET /api/v1/system/limits</c> answers.</summary>
public sealed record SystemLimits
{
    /// <summary>The most VMs that may be up; null for no limit but the addresses.</summary>
    public int? MaxVms { get; init; }

    /// <summary>The most VMs of one owner that may be up; null for no limit.</summary>
    public int? MaxVmsPerOwner { get; init; }

    /// <summary>VMs that are up or coming up.</summary>
    public required int Running { get; init; }

    /// <summary>Requests that wait for a place.</summary>
    public required int Queued { get; init; }

    /// <summary>The most requests that may wait.</summary>
    public required int QueueLength { get; init; }

    /// <summary>The longest that a request may wait, in seconds.</summary>
    public required int QueueTimeoutSeconds { get; init; }

    /// <summary>What VMs share, each with its limit and use.</summary>
    public required IReadOnlyList<ResourceLimit> Resources { get; init; }
}
