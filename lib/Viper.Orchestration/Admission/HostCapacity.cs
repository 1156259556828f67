using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Admission;

/// <summary>What the host has.</summary>
/// <param name="Cpus">Processors.</param>
/// <param name="MemoryMb">Memory in MiB.</param>
/// <param name="DiskMb">The size of the file system of the logs in MiB.</param>
internal sealed record HostCapacity(long Cpus, long MemoryMb, long DiskMb)
{
    private const long Mebibyte = 1024 * 1024;

    public static HostCapacity Of(EngineSettings settings) => new(
        settings.Limits.HostCpus ?? Environment.ProcessorCount,
        settings.Limits.HostMemoryMb ?? (long)(HostLoad.MemoryKibibytes().Total / 1024),
        settings.Limits.HostDiskMb ?? new DriveInfo(settings.LogDirectory).TotalSize / Mebibyte);

    /// <summary>What the host has too little of right now; null where it has enough.</summary>
    public static Shortage? Pressure(EngineSettings settings)
    {
        EngineLimits limits = settings.Limits;
        if (limits.MinFreeMemoryMb > 0 && (long)(HostLoad.MemoryKibibytes().Available / 1024) is var memory && memory < limits.MinFreeMemoryMb)
        {
            return new Shortage("memory", limits.MinFreeMemoryMb, memory, 0);
        }

        if (limits.MinFreeDiskMb > 0)
        {
            foreach (string folder in new[] { settings.StateDirectory, settings.LogDirectory })
            {
                long free = new DriveInfo(folder).AvailableFreeSpace / Mebibyte;
                if (free < limits.MinFreeDiskMb)
                {
                    return new Shortage($"disk under {folder}", limits.MinFreeDiskMb, free, 0);
                }
            }
        }

        return null;
    }
}
