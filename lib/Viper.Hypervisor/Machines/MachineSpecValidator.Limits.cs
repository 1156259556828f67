namespace Viper.Hypervisor.Machines;

/// <summary>The ranges of the limits of a VMM's process.</summary>
internal static partial class MachineSpecValidator
{
    private const long MemoryLimitMinimum = 1 << 20;
    private const int WeightMaximum = 10_000;
    private const double QuotaMinimum = 0.01;
    private const double QuotaMaximum = 1024;

    private const long DiskBytesMinimum = 4096;

    // PID_MAX_LIMIT of include/linux/threads.h.
    private const int ProcessCountMaximum = 4_194_304;

    private static void CheckLimits(ProcessLimits limits)
    {
        const string Property = nameof(MachineSpec.Limits);
        ArgumentNullException.ThrowIfNull(limits);
        Require(limits.MemoryBytes is null or >= MemoryLimitMinimum, Property, $"allows {limits.MemoryBytes} bytes of memory, less than {MemoryLimitMinimum}");
        Require(limits.CpuWeight is null or (>= 1 and <= WeightMaximum), Property, $"gives the weight {limits.CpuWeight}, not between 1 and {WeightMaximum}");
        Require(
            limits.CpuQuota is null or (>= QuotaMinimum and <= QuotaMaximum),
            Property,
            $"gives the quota {limits.CpuQuota}, not between {QuotaMinimum} and {QuotaMaximum} processors");
        Require(
            limits.ProcessCount is null or (>= 1 and <= ProcessCountMaximum),
            Property,
            $"allows {limits.ProcessCount} processes, not between 1 and {ProcessCountMaximum}");
        Require(
            limits.DiskBytesPerSecond is null or >= DiskBytesMinimum,
            Property,
            $"allows disks {limits.DiskBytesPerSecond} bytes a second, less than {DiskBytesMinimum}");
        Require(
            limits.DiskOperationsPerSecond is null or >= 1,
            Property,
            $"allows disks {limits.DiskOperationsPerSecond} operations a second, less than 1");
    }
}
