using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>A thread's way out of its program's table of descriptors.</summary>
/// <remarks>
/// A child begins with a copy of its parent's table, and closes all of it before it runs: some 0.3 ms for every thousand descriptors,
/// which a program with a thousand machines has five of. A thread with a small table of its own has children that begin at once.
/// See close_range(2) and pidfd_getfd(2), Linux 5.9; within a program both need no privilege.
/// </remarks>
internal static class DescriptorTable
{
    /// <summary>From this number on a descriptor is a sign of a table that is worth leaving.</summary>
    public const int Large = 512;

    // What the runtime opened when it began has the same number in the thread's table: it may need that on any thread.
    private const int Kept = 256;

    private static readonly Lazy<bool> s_mayFetch = new(MayFetch);

    /// <summary>Gives the calling thread, for the rest of its life, a table with none but the program's lowest descriptors.</summary>
    /// <returns>False, and nothing has changed, where the kernel does not know or does not allow it.</returns>
    /// <remarks>From then on the number of any other descriptor means nothing on the thread, and what it opens is its own to close.</remarks>
    public static bool TryLeave() => s_mayFetch.Value && Libc.syscall_close_range(Libc.SYS_close_range, Kept, uint.MaxValue, Libc.CLOSE_RANGE_UNSHARE) == 0;

    /// <summary>Copies descriptors of the program into the calling thread's table; the caller closes them, on this thread.</summary>
    public static List<SafeFd> Fetch(IEnumerable<SafeFd> program)
    {
        List<SafeFd> fetched = [];
        try
        {
            using SafeFd self = OpenSelf();
            foreach (SafeFd fd in program)
            {
                fetched.Add(Fetch(self, fd.Number));
            }

            return fetched;
        }
        catch
        {
            fetched.ForEach(static fd => fd.Dispose());
            throw;
        }
    }

    private static SafeFd OpenSelf() => PidFd.TryOpen(Environment.ProcessId)
        ?? throw new HypervisorException("This program has no descriptor of itself (pidfd_open).");

    private static SafeFd Fetch(SafeFd self, int number)
    {
        nint fd = Libc.syscall_pidfd_getfd(Libc.SYS_pidfd_getfd, self.Number, number, 0);
        return fd >= 0
            ? new SafeFd((int)fd)
            : throw new HypervisorException($"Descriptor {number} could not be copied (pidfd_getfd): {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    // Once a thread has left its table there is no way back, so this is known before.
    private static bool MayFetch()
    {
        try
        {
            using SafeFd self = OpenSelf();
            using SafeFd copy = Fetch(self, self.Number);
            return true;
        }
        catch (HypervisorException)
        {
            return false;
        }
    }
}
