using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>What the process of a VMM may use of the host: what its VM was promised, and what it needs itself.</summary>
internal static class VmmLimits
{
    // Device models, page tables, the console; the page cache of the disk gives way.
    private const int OwnMemoryMb = 256;

    // QEMU's translations of guest code take up to an eighth of the host's memory and at most 1 GiB (accel/tcg/region.c).
    private const int TranslationMemoryMb = 1024;

    // QEMU's pool of threads for disks grows to 64 (util/thread-pool.c); the rest are vCPUs and a handful.
    private const int OwnThreads = 256;

    /// <summary>The limits of a VM's VMM.</summary>
    public static ProcessLimits Of(EngineLimits limits, int cpuCores, int memoryMb, HypervisorInfo hypervisor)
    {
        if (!limits.ConfineVmms)
        {
            return ProcessLimits.None;
        }

        int own = limits.VmmMemoryMb ?? (hypervisor.Accelerator == Accelerator.Kvm ? OwnMemoryMb : OwnMemoryMb + TranslationMemoryMb);
        return new ProcessLimits
        {
            MemoryBytes = (memoryMb + (long)own) * 1024 * 1024,
            CpuQuota = cpuCores + 1,
            ProcessCount = cpuCores + OwnThreads,
            DiskBytesPerSecond = limits.VmDiskMbPerSecond > 0 ? limits.VmDiskMbPerSecond * 1024L * 1024 : null,
            DiskOperationsPerSecond = limits.VmDiskIops > 0 ? limits.VmDiskIops : null,
        };
    }
}
