using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Viper.Cdp.Interop;

/// <summary>spawn.h, sys/wait.h, and what a child is given.</summary>
internal static partial class Libc
{
    internal const int SIGKILL = 9;

    // glibc and musl have 336 and 80 bytes on 64-bit machines, and 128 for a set of signals; room to spare costs nothing.
    private const int SpawnStructureSize = 512;

    private const short POSIX_SPAWN_SETPGROUP = 0x02;
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int F_DUPFD_CLOEXEC = 1030;

    // Descriptors for a child are above all numbers that it sees them under, so that none takes another's place.
    private const int AboveChilds = 16;

    /// <summary>Two connected unix sockets; the second is for a child.</summary>
    internal static (int Ours, int Childs) SocketPair()
    {
        Span<int> pair = stackalloc int[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ref MemoryMarshal.GetReference(pair)) != 0) // socketpair(2)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        var childs = fcntl(pair[1], F_DUPFD_CLOEXEC, AboveChilds);
        var error = Marshal.GetLastPInvokeError();
        Close(pair[1]);
        if (childs < 0)
        {
            Close(pair[0]);
            throw new Win32Exception(error);
        }

        return (pair[0], childs);
    }

    /// <summary>Starts a program in a process group of its own, with clean signals and nothing that is not passed.</summary>
    /// <param name="line">The program, a path or a name on PATH, and its arguments.</param>
    /// <param name="environment">Its variables, as <c>NAME=value</c>.</param>
    /// <param name="passed">What it sees as 1, 2, 3, …; its standard input is /dev/null.</param>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal static int Spawn(IReadOnlyList<string> line, IEnumerable<string> environment, ReadOnlySpan<int> passed)
    {
        ref var actions = ref MemoryMarshal.GetReference(stackalloc byte[SpawnStructureSize]);
        ref var attributes = ref MemoryMarshal.GetReference(stackalloc byte[SpawnStructureSize]);
        ref var signals = ref MemoryMarshal.GetReference(stackalloc byte[SpawnStructureSize]);
        Require(posix_spawn_file_actions_init(ref actions));
        Require(posix_spawnattr_init(ref attributes));
        try
        {
            Require(posix_spawn_file_actions_addopen(ref actions, 0, "/dev/null", 0, 0));
            for (var i = 0; i < passed.Length; i++)
            {
                Require(posix_spawn_file_actions_adddup2(ref actions, passed[i], i + 1));
            }

            // The platform ignores SIGPIPE and may block signals in its threads; a program expects neither.
            Require(posix_spawnattr_setflags(ref attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
            Require(posix_spawnattr_setpgroup(ref attributes, 0));
            _ = sigemptyset(ref signals);
            Require(posix_spawnattr_setsigmask(ref attributes, ref signals));
            _ = sigfillset(ref signals);
            Require(posix_spawnattr_setsigdefault(ref attributes, ref signals));
            Require(posix_spawnp(out var pid, line[0], ref actions, ref attributes, [.. line, null], [.. environment, null]));
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(ref actions);
            _ = posix_spawnattr_destroy(ref attributes);
        }
    }

    /// <summary>Kills a process group; one that has ended is fine.</summary>
    internal static void KillGroup(int group) => _ = kill(-group, SIGKILL); // kill(2)

    /// <summary>Waits for a child's end, and takes it from the kernel's table.</summary>
    internal static void Wait(int pid)
    {
        while (waitpid(pid, 0, 0) < 0 && Marshal.GetLastPInvokeError() == EINTR)
        {
        }
    }

    internal static void Close(int descriptor) => _ = close(descriptor);

    // The posix_spawn family returns its error instead of setting errno.
    private static void Require(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, ref int pair);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, nint status, int options);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(ref byte actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(ref byte actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(ref byte actions, int descriptor, int target);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(ref byte actions, int target, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(ref byte attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(ref byte attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(ref byte attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setpgroup(ref byte attributes, int group);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(ref byte attributes, ref byte signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(ref byte attributes, ref byte signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(ref byte signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(ref byte signals);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawnp(
        out int pid, string program, ref byte actions, ref byte attributes, string?[] arguments, string?[] environment);
}
