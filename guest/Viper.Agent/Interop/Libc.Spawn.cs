using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>spawn.h, sys/wait.h and signal.h.</summary>
internal static partial class Libc
{
    internal const short POSIX_SPAWN_SETPGROUP = 0x02;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    internal const int SIGHUP = 1;
    internal const int SIGKILL = 9;
    internal const int SIGTERM = 15;

    internal const int PRIO_USER = 2;
    internal const int P_PID = 1;
    internal const int WEXITED = 4;

    // siginfo_t of SIGCHLD, <bits/types/siginfo_t.h>: si_code values.
    internal const int CLD_EXITED = 1;

    // Room for posix_spawnattr_t (336 bytes), posix_spawn_file_actions_t (80), sigset_t (128) and
    // siginfo_t (128) of glibc on 64-bit machines; a test compares the sizes with the compiler's.
    internal const int SpawnAttributesSize = 336;
    internal const int SpawnFileActionsSize = 80;
    internal const int SignalSetSize = 128;
    internal const int SignalInfoSize = 128;

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setpgroup(void* attributes, int group);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int newFd);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int posix_spawn_file_actions_addopen(void* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_addfchdir_np(void* actions, int fd);

    // glibc 2.34
    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static unsafe partial int sigemptyset(void* set);

    [LibraryImport("libc")]
    internal static unsafe partial int sigfillset(void* set);

    // <sys/resource.h>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpriority(int which, uint who);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int waitid(int idType, uint id, void* info, int options);
}
