using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>Descriptors of processes: pidfd_open(2), pidfd_send_signal(2), waitid(2).</summary>
internal static class PidFd
{
    /// <summary>Opens a descriptor of a process, or answers null when there is no such process.</summary>
    public static SafeFd? TryOpen(int pid)
    {
        nint fd = Libc.syscall_pidfd_open(Libc.SYS_pidfd_open, pid, 0);
        if (fd >= 0)
        {
            return new SafeFd((int)fd);
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Libc.ESRCH
            ? null
            : throw new HypervisorException($"No descriptor of process {pid} could be opened (pidfd_open): {Marshal.GetPInvokeErrorMessage(errno)}.");
    }

    /// <summary>Sends a signal; false when the process has ended and been reaped.</summary>
    public static bool Signal(SafeFd pidfd, int signal)
    {
        bool held = false;
        try
        {
            pidfd.DangerousAddRef(ref held);
            if (Libc.syscall_pidfd_send_signal(Libc.SYS_pidfd_send_signal, pidfd.Number, signal, 0, 0) == 0)
            {
                return true;
            }

            int errno = Marshal.GetLastPInvokeError();
            return errno == Libc.ESRCH
                ? false
                : throw new HypervisorException($"Signal {signal} could not be sent (pidfd_send_signal): {Marshal.GetPInvokeErrorMessage(errno)}.");
        }
        finally
        {
            if (held)
            {
                pidfd.DangerousRelease();
            }
        }
    }

    /// <summary>Collects a child that has ended, so that no zombie stays.</summary>
    public static unsafe ProcessExit Reap(SafeFd pidfd)
    {
        byte* info = stackalloc byte[Libc.SignalInfoSize];
        while (true)
        {
            // SAFETY: info has the size of siginfo_t and lives on this stack.
            if (Libc.waitid(Libc.P_PIDFD, pidfd, info, Libc.WEXITED) == 0)
            {
                int code = *(int*)(info + Libc.SignalInfoCodeOffset);
                int status = *(int*)(info + Libc.SignalInfoStatusOffset);
                return code == Libc.CLD_EXITED ? new ProcessExit(status, null) : new ProcessExit(null, status);
            }

            if (Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                // ECHILD: somebody else collected it; the process is gone, only its status is lost.
                return new ProcessExit(null, null);
            }
        }
    }
}
