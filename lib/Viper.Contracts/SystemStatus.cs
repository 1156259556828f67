namespace Viper.Contracts;

/// <summary>What <c>GET /api/v1/system/status</c> answers.</summary>
public sealed record SystemStatus
{
    /// <summary>The daemon's version.</summary>
    public required string Version { get; init; }

    /// <summary>How long the daemon has run, in whole seconds.</summary>
    public required long UptimeSeconds { get; init; }

    /// <summary>VMs by status; statuses without VMs are absent.</summary>
    public required IReadOnlyDictionary<string, int> Vms { get; init; }

    /// <summary>The VMM in use: <c>qemu</c> or <c>cloud-hypervisor</c>; null where none was found.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>The accelerator of that VMM: <c>kvm</c> or <c>tcg</c>; null where no VMM was found.</summary>
    public string? Accelerator { get; init; }

    /// <summary>What keeps new VMs from starting, one sentence each; empty where all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>The host's share of busy processor time since it started, 0 to 100.</summary>
    public required double CpuPercent { get; init; }

    /// <summary>The host's memory in use, 0 to 100.</summary>
    public required double MemoryPercent { get; init; }

    /// <summary>The addresses that can be leased.</summary>
    public required int PoolSize { get; init; }

    /// <summary>The addresses that are leased.</summary>
    public required int PoolLeased { get; init; }

    /// <summary>The last place in the event log.</summary>
    public required long LastSeq { get; init; }
}
