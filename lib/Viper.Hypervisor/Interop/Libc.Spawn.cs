using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>spawn.h of glibc and musl; posix_spawn reports errors as its result, not in errno.</summary>
internal static partial class Libc
{
    // glibc: 336 and 80 bytes on 64-bit machines; musl: 336 and 80. Room to spare costs nothing.
    internal const int SpawnAttributesSize = 512;
    internal const int SpawnActionsSize = 512;
    internal const int SignalSetSize = 128;

    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int target);

    // glibc 2.29 and later.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    // glibc 2.34 and later.
    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc")]
    internal static unsafe partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    internal static unsafe partial int sigfillset(byte* signals);

    [LibraryImport("libc")]
    internal static unsafe partial int sigdelset(byte* signals, int signal);
}
