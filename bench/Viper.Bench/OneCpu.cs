using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Viper.Bench;

/// <summary>Keeps this program, and the programs that it starts meanwhile, on one CPU until it is disposed of.</summary>
/// <remarks>
/// An exchange between two programs takes four times as long when the scheduler keeps them on two CPUs, which it decides anew
/// every few seconds: a comparison of two clients would be one of their luck. A mask is a thread's, and its children's:
/// sched_setaffinity(2).
/// </remarks>
internal sealed unsafe partial class OneCpu : IDisposable
{
    private const int MaskBytes = 128;
    private const int NoSuchThread = 3;

    private readonly byte[] _all = new byte[MaskBytes];

    private OneCpu()
    {
        fixed (byte* mask = _all)
        {
            if (sched_getaffinity(0, MaskBytes, mask) < 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }

        byte[] one = new byte[MaskBytes];
        int first = _all.AsSpan().IndexOfAnyExcept((byte)0);
        one[first] = (byte)(_all[first] & -_all[first]);
        Set(one);
    }

    public static OneCpu Take() => new();

    public void Dispose() => Set(_all);

    private static void Set(byte[] cpus)
    {
        foreach (string thread in Directory.GetDirectories("/proc/self/task"))
        {
            fixed (byte* mask = cpus)
            {
                // A thread that has ended meanwhile needs none.
                if (sched_setaffinity(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), MaskBytes, mask) < 0
                    && Marshal.GetLastPInvokeError() is var error and not NoSuchThread)
                {
                    throw new Win32Exception(error);
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int pid, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int pid, nuint size, byte* mask);
}
