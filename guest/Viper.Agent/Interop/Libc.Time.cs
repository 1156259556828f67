using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>time.h.</summary>
internal static partial class Libc
{
    internal const int CLOCK_BOOTTIME = 7;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int clock_gettime(int clock, TimeSpec* time);

    // struct timespec { time_t tv_sec; long tv_nsec; };  <time.h>, 64-bit machines
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long tv_sec;
        internal long tv_nsec;
    }
}
