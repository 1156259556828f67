using System.Globalization;

namespace Viper.Hypervisor.Processes;

/// <summary>Limits as the files of control groups spell them.</summary>
/// <remarks>Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst of the kernel.</remarks>
internal static class CgroupLimits
{
    private const int PeriodMicroseconds = 100_000;
    private const int SharesOfWeight100 = 1024;

    /// <summary>The files to write, as controller, name and content.</summary>
    public static IEnumerable<(string Controller, string File, string Text)> Spell(CgroupVersion version, ProcessLimits limits)
    {
        bool unified = version == CgroupVersion.V2;
        if (limits.MemoryBytes is { } memory)
        {
            yield return ("memory", unified ? "memory.max" : "memory.limit_in_bytes", Text(memory));
        }

        if (limits.CpuWeight is { } weight)
        {
            yield return unified
                ? ("cpu", "cpu.weight", Text(weight))
                : ("cpu", "cpu.shares", Text(Math.Max(2, weight * (long)SharesOfWeight100 / 100)));
        }

        if (limits.CpuQuota is { } quota)
        {
            long microseconds = (long)Math.Round(quota * PeriodMicroseconds);
            if (unified)
            {
                yield return ("cpu", "cpu.max", $"{Text(microseconds)} {Text(PeriodMicroseconds)}");
            }
            else
            {
                yield return ("cpu", "cpu.cfs_period_us", Text(PeriodMicroseconds));
                yield return ("cpu", "cpu.cfs_quota_us", Text(microseconds));
            }
        }

        if (limits.ProcessCount is { } count)
        {
            yield return ("pids", "pids.max", Text(count));
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
