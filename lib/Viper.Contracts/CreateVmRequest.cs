namespace Viper.Contracts;

/// <summary>What <c>POST /api/v1/vms</c> takes.</summary>
public sealed record CreateVmRequest
{
    /// <summary>The VM's name: <c>^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$</c>. Generated where absent.</summary>
    public string? Name { get; init; }

    /// <summary>The number of vCPUs, 1 to <see cref="VmLimits.MaxCpuCores"/>; 2 where absent.</summary>
    public int? CpuCores { get; init; }

    /// <summary>Memory in MiB, <see cref="VmLimits.MinMemoryMb"/> to <see cref="VmLimits.MaxMemoryMb"/>, at least what the image needs; 1024 where absent.</summary>
    public int? MemoryMb { get; init; }

    /// <summary>Words added to the guest's kernel command line; printable ASCII, at most <see cref="VmLimits.MaxKernelCmdline"/> characters.</summary>
    public string? KernelCmdline { get; init; }

    /// <summary>The name of an installed image; <c>browser</c> where absent.</summary>
    public string? Image { get; init; }

    /// <summary>The caller's own key-value pairs, at most <see cref="VmLimits.MaxLabels"/>.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What the VM may do on the network; the image's default where absent.</summary>
    public NetworkSpec? Network { get; init; }

    /// <summary>After how many seconds without use the VM is stopped, 0 to <see cref="VmLimits.MaxTimerSeconds"/>; never where absent or 0.</summary>
    public int? IdleTimeoutSeconds { get; init; }

    /// <summary>After how many seconds since it became ready a run is stopped, 0 to <see cref="VmLimits.MaxTimerSeconds"/>; never where absent or 0.</summary>
    public int? MaxLifetimeSeconds { get; init; }

    /// <summary>One of <see cref="RestartPolicies"/>; <c>never</c> where absent.</summary>
    public string? Restart { get; init; }

    /// <summary>How many seconds to wait for a place where there is none, 0 to <see cref="VmLimits.MaxQueueWaitSeconds"/>; not at all where absent.</summary>
    public int? QueueWaitSeconds { get; init; }
}
