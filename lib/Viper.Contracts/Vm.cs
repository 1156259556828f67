namespace Viper.Contracts;

/// <summary>A VM as the API shows it.</summary>
public sealed record Vm
{
    /// <summary>The identity, <c>vm_…</c>; never used twice.</summary>
    public required string Id { get; init; }

    /// <summary>The name, unique among living VMs.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="VmStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>One of <see cref="VmPhase"/> while starting, <c>ready</c> once ready, otherwise null.</summary>
    public string? Phase { get; init; }

    /// <summary>Why a stopped or crashed VM is so; otherwise null.</summary>
    public string? StatusReason { get; init; }

    /// <summary>One of <see cref="EndCodes"/> where the daemon itself ends or ended the last run since it was started; otherwise null.</summary>
    public string? StatusCode { get; init; }

    /// <summary>The number of vCPUs.</summary>
    public required int CpuCores { get; init; }

    /// <summary>Memory in MiB.</summary>
    public required int MemoryMb { get; init; }

    /// <summary>The image that it boots.</summary>
    public required string Image { get; init; }

    /// <summary>The leased IPv4 address.</summary>
    public required string IpAddress { get; init; }

    /// <summary>The address of its network card.</summary>
    public required string MacAddress { get; init; }

    /// <summary>The VMM that runs it, <c>qemu</c> or <c>cloud-hypervisor</c>; null before the first start.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>The VMM's process id while it runs; otherwise null.</summary>
    public int? Pid { get; init; }

    /// <summary>When the row was committed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the vCPUs last began to run.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the guest was last found ready.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>The caller's own key-value pairs.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What it may do on the network; its policy is never null.</summary>
    public NetworkSpec? Network { get; init; }

    /// <summary>After how many seconds without use it is stopped; null for never.</summary>
    public int? IdleTimeoutSeconds { get; init; }

    /// <summary>After how many seconds a run is stopped; null for never.</summary>
    public int? MaxLifetimeSeconds { get; init; }

    /// <summary>One of <see cref="RestartPolicies"/>.</summary>
    public string Restart { get; init; } = RestartPolicies.Never;

    /// <summary>When it will be stopped if nobody uses it; null where that does not end it, and while it is paused. Moves with each use, without a new revision.</summary>
    public DateTimeOffset? IdleDeadline { get; init; }

    /// <summary>When its lifetime is over; null where that does not end it, and while it does not run.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Raised by one with each committed change.</summary>
    public required long Revision { get; init; }

    /// <summary>Where the VM's parts are to be had.</summary>
    public VmUrls? Urls { get; init; }

    /// <summary>The browser in it, once it has answered; otherwise null.</summary>
    public VmBrowser? Browser { get; init; }
}
