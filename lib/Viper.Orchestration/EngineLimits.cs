namespace Viper.Orchestration;

/// <summary>How much of the host its VMs may have at once. What is stopped or crashed has nothing.</summary>
/// <remarks>
/// A ratio or number of 0 sets no limit. Nominal limits count what VMs were promised; <see cref="MinFreeMemoryMb"/> and
/// <see cref="MinFreeDiskMb"/> look at what the host really has left. Only what begins a run (create, start) is ever refused.
/// </remarks>
public sealed record EngineLimits
{
    /// <summary>The label whose value is a VM's owner; VMs without it have one owner together.</summary>
    public const string OwnerLabel = "owner";

    /// <summary>The most VMs that are up; 0 for no limit but the addresses.</summary>
    public int MaxVms { get; init; }

    /// <summary>The most VMs of one owner that are up; 0 for no limit.</summary>
    public int MaxVmsPerOwner { get; init; }

    /// <summary>How many vCPUs there may be for each processor of the host; 0 for no limit.</summary>
    public double CpuOvercommit { get; init; }

    /// <summary>How much memory VMs may have been promised for each MiB of the host's; 0 for no limit.</summary>
    public double MemoryOvercommit { get; init; }

    /// <summary>How much disk VMs are reckoned at, <see cref="VmDiskMb"/> each, for each MiB of the file system of the logs; 0 for no limit.</summary>
    public double DiskOvercommit { get; init; }

    /// <summary>What one VM is reckoned at on disk (its logs, its run folder), in MiB.</summary>
    public int VmDiskMb { get; init; } = 64;

    /// <summary>The host's processors; null to ask the system.</summary>
    public int? HostCpus { get; init; }

    /// <summary>The host's memory in MiB; null to ask the system.</summary>
    public int? HostMemoryMb { get; init; }

    /// <summary>The size of the file system of the logs in MiB; null to ask the system.</summary>
    public int? HostDiskMb { get; init; }

    /// <summary>The memory that must be available on the host for another VM to begin, in MiB; 0 not to look.</summary>
    public int MinFreeMemoryMb { get; init; } = 128;

    /// <summary>The disk that must be free under state and logs for another VM to begin, in MiB; 0 not to look.</summary>
    public int MinFreeDiskMb { get; init; } = 128;

    /// <summary>The most requests that wait for a place; 0 for no queue.</summary>
    public int QueueLength { get; init; } = 100;

    /// <summary>The longest that a request may wait, whatever it asks.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether each VMM is held by a control group to what its VM was promised, as far as the host has such groups.</summary>
    /// <remarks>Memory: the guest's and <see cref="VmmMemoryMb"/>. Processors: one for each vCPU and one for the VMM's own work. Processes: a few hundred.</remarks>
    public bool ConfineVmms { get; init; } = true;

    /// <summary>The memory in MiB that a VMM may use beyond its guest's, page cache included; null for 256, and 1,024 more under emulation.</summary>
    public int? VmmMemoryMb { get; init; }

    /// <summary>The most MiB a second that a VM may read from the disk of its image, and write; 0 for no limit.</summary>
    public int VmDiskMbPerSecond { get; init; }

    /// <summary>The most reads a second that a VM may make of the disk of its image, and the most writes; 0 for no limit.</summary>
    public int VmDiskIops { get; init; }
}
