using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>pidfd_open(2), pidfd_getfd(2), pidfd_send_signal(2), close_range(2), waitid(2).</summary>
internal static partial class Libc
{
    // These have one number on every architecture (asm-generic/unistd.h); glibc wraps the last of them only since 2.36.
    internal const nint SYS_pidfd_send_signal = 424;
    internal const nint SYS_pidfd_open = 434;
    internal const nint SYS_close_range = 436;
    internal const nint SYS_pidfd_getfd = 438;

    internal const nint CLOSE_RANGE_UNSHARE = 2;

    internal const int P_PIDFD = 3;
    internal const int WEXITED = 4;
    internal const int CLD_EXITED = 1;
    internal const int SIGKILL = 9;
    internal const int SIGTERM = 15;
    internal const int SIGSTOP = 19;

    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int ECHILD = 10;
    internal const int EACCES = 13;

    // siginfo_t (128 bytes): si_signo, si_errno, si_code at 8, si_pid at 16, si_status at 24.
    internal const int SignalInfoSize = 128;
    internal const int SignalInfoCodeOffset = 8;
    internal const int SignalInfoStatusOffset = 24;

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint syscall_pidfd_open(nint number, nint pid, nint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint syscall_pidfd_send_signal(nint number, nint pidfd, nint signal, nint info, nint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint syscall_pidfd_getfd(nint number, nint pidfd, nint fd, nint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint syscall_close_range(nint number, nuint first, nuint last, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int waitid(int idtype, SafeFd id, byte* info, int options);
}
