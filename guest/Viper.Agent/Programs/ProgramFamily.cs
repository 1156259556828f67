using System.Globalization;
using System.Runtime.InteropServices;
using Viper.Agent.Interop;

namespace Viper.Agent.Programs;

/// <summary>
/// Finds and ends all processes that stem from one program, wherever they have gone. A program is started with one further group,
/// its mark, that nothing without root's rights can take off: neither setsid(2) nor a double fork hides from it.
/// </summary>
internal static class ProgramFamily
{
    /// <summary>The guest's marks; no image has groups there.</summary>
    internal const uint GuestMarks = 0x5650_0000;

    /// <summary>How many marks an agent has.</summary>
    internal const uint MarkCount = 4096;

    private const int MaxPasses = 1000;
    private const int MaxWaits = 256;
    private const int PassMs = 100;

    /// <summary>Kills all that have a mark, and returns when they are gone. Whatever forks meanwhile is found by the next look.</summary>
    internal static void End(uint mark) => EndAll(process => process.HasGroup(mark, 1));

    /// <summary>Says at once whether a user has any process, which at the boot it has not.</summary>
    internal static bool HasUser(uint user) => Libc.getpriority(Libc.PRIO_USER, user) != -1 || Marshal.GetLastPInvokeError() != Libc.ESRCH;

    /// <summary>Kills all that have one of an agent's marks: what an earlier agent has left.</summary>
    internal static void EndMarked(uint first) => EndAll(process => process.HasGroup(first, MarkCount));

    /// <summary>Kills all of a user's processes that have no mark of the guest's.</summary>
    internal static void EndUnmarked(uint user) => EndAll(process => process.HasUser(user) && !process.HasGroup(GuestMarks, MarkCount));

    /// <summary>Sends a signal to all that have a mark now.</summary>
    internal static void Signal(uint mark, int signal)
    {
        foreach (var process in Look(process => process.HasGroup(mark, 1)))
        {
            using (process)
            {
                Send(process, signal);
            }
        }
    }

    private static void EndAll(Func<ProcessStatus, bool> isMember)
    {
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var members = Look(isMember);
            if (members.Count == 0)
            {
                return;
            }

            foreach (var member in members)
            {
                Send(member, Libc.SIGKILL);
            }

            foreach (var member in members)
            {
                Poller.WaitReadable(member.Number, PassMs);
                member.Dispose();
            }
        }
    }

    // A number may have passed to another process since it was read: the descriptor is opened first, and what it names is looked at then.
    private static List<FileDescriptor> Look(Func<ProcessStatus, bool> isMember)
    {
        var found = new List<FileDescriptor>();
        Span<byte> text = stackalloc byte[ProcessStatus.Size];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                || !Read(pid, text, isMember))
            {
                continue;
            }

            if (FileDescriptor.TryOpenProcess(pid) is { } process)
            {
                if (Read(pid, text, isMember))
                {
                    found.Add(process);
                }
                else
                {
                    process.Dispose();
                }
            }

            if (found.Count == MaxWaits)
            {
                break;
            }
        }

        return found;
    }

    private static bool Read(int pid, Span<byte> text, Func<ProcessStatus, bool> isMember)
    {
        using var file = FileDescriptor.TryOpen(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"), Libc.O_RDONLY);
        var length = file?.Read(text) ?? -1;
        return length > 0 && new ProcessStatus(text[..length]) is { IsDead: false } status && isMember(status);
    }

    private static void Send(FileDescriptor process, int signal) =>
        _ = Libc.syscall(Libc.SYS_pidfd_send_signal, process.Number, signal, 0, 0, 0);
}
