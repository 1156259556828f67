using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>
/// Calls past the C library. glibc's own setresuid(2) changes every thread of the process (nptl(7)); the
/// system call changes the calling thread alone, which is what a thread that starts a program needs.
/// </summary>
internal static partial class Libc
{
    internal const int PR_SET_NO_NEW_PRIVS = 38;

    // <asm/unistd_64.h> of x86-64, and <asm-generic/unistd.h> for arm64.
    internal static readonly nint SYS_setgroups = IsArm ? 159 : 116;
    internal static readonly nint SYS_setresuid = IsArm ? 147 : 117;
    internal static readonly nint SYS_setresgid = IsArm ? 149 : 119;
    internal static readonly nint SYS_prctl = IsArm ? 167 : 157;
    internal static readonly nint SYS_setfsuid = IsArm ? 151 : 122;
    internal static readonly nint SYS_setfsgid = IsArm ? 152 : 123;
    internal static readonly nint SYS_pidfd_send_signal = 424;
    internal static readonly nint SYS_pidfd_open = 434;
    internal static readonly nint SYS_openat2 = 437;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);
}
