using System.Globalization;
using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Qemu;

/// <summary>The rate of the host's time stamp counter, which is also the guest's under software emulation.</summary>
/// <remarks>Measured once; 0 where there is no such counter.</remarks>
internal static class TscClock
{
    private const long WindowNanoseconds = 20_000_000;

    private static readonly Lazy<long> s_kilohertz = new(Measure);

    // rdtsc; shl rdx, 32; or rax, rdx; ret
    private static ReadOnlySpan<byte> ReadCounterCode => [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];

    public static long Kilohertz => s_kilohertz.Value;

    /// <summary>The rate that the kernel reports in /proc/cpuinfo; less exact, since it may be the momentary clock of a core.</summary>
    public static long FromCpuInfo(string cpuInfo)
    {
        foreach (ReadOnlySpan<char> line in cpuInfo.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line.StartsWith("cpu MHz", StringComparison.Ordinal)
                && double.TryParse(line[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double megahertz))
            {
                return (long)(megahertz * 1000);
            }
        }

        return 0;
    }

    private static long Measure()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return 0;
        }

        return TryMeasure() ?? FromCpuInfo(File.ReadAllText("/proc/cpuinfo"));
    }

    private static unsafe long? TryMeasure()
    {
        const int PageSize = 4096;
        nint page = Libc.mmap(0, PageSize, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (page == -1)
        {
            return null;
        }

        try
        {
            // SAFETY: the page is ours; it is never writable and executable at once.
            ReadCounterCode.CopyTo(new Span<byte>((void*)page, PageSize));
            if (Libc.mprotect(page, PageSize, Libc.PROT_READ | Libc.PROT_EXEC) != 0)
            {
                // A hardened host refuses executable memory.
                return null;
            }

            delegate* unmanaged<ulong> readCounter = (delegate* unmanaged<ulong>)page;
            (ulong counter, long time) start = Sample(readCounter);
            (ulong counter, long time) end;
            do
            {
                end = Sample(readCounter);
            }
            while (end.time - start.time < WindowNanoseconds);

            return (long)((end.counter - start.counter) * 1_000_000.0 / (end.time - start.time));
        }
        finally
        {
            _ = Libc.munmap(page, PageSize);
        }
    }

    // Of a few readings the one with the shortest bracket: the others were interrupted.
    private static unsafe (ulong Counter, long Time) Sample(delegate* unmanaged<ulong> readCounter)
    {
        (ulong Counter, long Time) best = default;
        ulong shortest = ulong.MaxValue;
        long* time = stackalloc long[2];
        for (int i = 0; i < 8; i++)
        {
            ulong before = readCounter();
            _ = Libc.clock_gettime(Libc.CLOCK_MONOTONIC_RAW, time);
            ulong after = readCounter();
            if (after - before < shortest)
            {
                shortest = after - before;
                best = (before + (shortest / 2), (time[0] * 1_000_000_000) + time[1]);
            }
        }

        return best;
    }
}
