using System.Globalization;
using Viper.Agent.Interop;

namespace Viper.Agent.Boot;

/// <summary>Milliseconds since the kernel started (CLOCK_BOOTTIME, clock_gettime(2)).</summary>
internal static class BootClock
{
    private const int TicksPerSecond = 100; // USER_HZ, the unit of /proc/self/stat on every Linux.

    internal static unsafe long Now
    {
        get
        {
            Libc.TimeSpec time;
            return Libc.clock_gettime(Libc.CLOCK_BOOTTIME, &time) == 0
                ? (time.tv_sec * 1000) + (time.tv_nsec / 1_000_000)
                : throw SystemCallException.Last("clock_gettime");
        }
    }

    /// <summary>
    /// When this process was made, runtime start included: field 22 of /proc/self/stat (proc(5)), which counts in
    /// steps of 10 ms. Zero when it cannot be read.
    /// </summary>
    internal static long ProcessStart()
    {
        Span<byte> stat = stackalloc byte[1024];
        using var file = FileDescriptor.TryOpen("/proc/self/stat", Libc.O_RDONLY);
        var length = file?.Read(stat) ?? -1;
        return length > 0 ? ParseStart(stat[..length]) : 0;
    }

    internal static long ParseStart(ReadOnlySpan<byte> stat)
    {
        // The command's name may hold spaces and parentheses: count fields from the last one. It ends field 2.
        var rest = stat[(stat.LastIndexOf((byte)')') + 1)..];
        for (var field = 2; field < 22; field++)
        {
            var space = rest.IndexOf((byte)' ');
            if (space < 0)
            {
                return 0;
            }

            rest = rest[(space + 1)..];
        }

        var end = rest.IndexOf((byte)' ');
        return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? ticks * 1000 / TicksPerSecond
            : 0;
    }
}
