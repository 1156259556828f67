using System.Globalization;

namespace Viper.Hypervisor.Processes;

/// <summary>Limits as the files of control groups spell them.</summary>
/// <remarks>Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst of the kernel.</remarks>
internal static class CgroupLimits
{
    private const int PeriodMicroseconds = 100_000;
    private const int SharesOfWeight100 = 1024;

    /// <summary>The files to write, in this order.</summary>
    /// <param name="version">The kind of control groups.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="devices">The block devices that the limits of disks are for, as <c>MAJOR:MINOR</c>.</param>
    public static IEnumerable<CgroupLimit> Spell(CgroupVersion version, ProcessLimits limits, IReadOnlyList<string> devices)
    {
        bool unified = version == CgroupVersion.V2;
        if (limits.MemoryBytes is { } memory)
        {
            yield return new CgroupLimit("memory", unified ? "memory.max" : "memory.limit_in_bytes", Text(memory));
        }

        if (limits.CpuWeight is { } weight)
        {
            yield return unified
                ? new CgroupLimit("cpu", "cpu.weight", Text(weight))
                : new CgroupLimit("cpu", "cpu.shares", Text(Math.Max(2, weight * (long)SharesOfWeight100 / 100)));
        }

        if (limits.CpuQuota is { } quota)
        {
            long microseconds = (long)Math.Round(quota * PeriodMicroseconds);
            if (unified)
            {
                yield return new CgroupLimit("cpu", "cpu.max", $"{Text(microseconds)} {Text(PeriodMicroseconds)}");
            }
            else
            {
                yield return new CgroupLimit("cpu", "cpu.cfs_period_us", Text(PeriodMicroseconds));
                yield return new CgroupLimit("cpu", "cpu.cfs_quota_us", Text(microseconds));
            }
        }

        if (limits.ProcessCount is { } count)
        {
            yield return new CgroupLimit("pids", "pids.max", Text(count));
        }

        foreach (CgroupLimit limit in (limits.HasDisk ? devices : []).SelectMany(device => SpellDisk(unified, limits, device)))
        {
            yield return limit;
        }
    }

    private static IEnumerable<CgroupLimit> SpellDisk(bool unified, ProcessLimits limits, string device)
    {
        (string Unified, string Version1, long? Value)[] each =
        [
            ("rbps", "blkio.throttle.read_bps_device", limits.DiskBytesPerSecond),
            ("wbps", "blkio.throttle.write_bps_device", limits.DiskBytesPerSecond),
            ("riops", "blkio.throttle.read_iops_device", limits.DiskOperationsPerSecond),
            ("wiops", "blkio.throttle.write_iops_device", limits.DiskOperationsPerSecond),
        ];
        var asked = each.Where(static one => one.Value is not null);
        return unified
            ? [new CgroupLimit("io", "io.max", $"{device} {string.Join(' ', asked.Select(static one => $"{one.Unified}={Text(one.Value!.Value)}"))}")]
            : asked.Select(one => new CgroupLimit("io", one.Version1, $"{device} {Text(one.Value!.Value)}"));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
