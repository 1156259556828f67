namespace Viper.Contracts;

/// <summary>What VMs have of a host, as it is spelled on the wire.</summary>
public static class VmResources
{
    /// <summary>VMs that are up.</summary>
    public const string Vms = "vms";

    /// <summary>VMs of one owner that are up.</summary>
    public const string OwnerVms = "owner_vms";

    /// <summary>vCPUs.</summary>
    public const string CpuCores = "cpu_cores";

    /// <summary>Memory in MiB.</summary>
    public const string MemoryMb = "memory_mb";

    /// <summary>Disk in MiB.</summary>
    public const string DiskMb = "disk_mb";

    /// <summary>Addresses of the pool.</summary>
    public const string Addresses = "addresses";
}
