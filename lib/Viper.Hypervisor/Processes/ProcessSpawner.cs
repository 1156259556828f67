using System.Runtime.InteropServices;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>Spawns a program in a session of its own, with nothing inherited that was not passed.</summary>
internal static class ProcessSpawner
{
    // Source descriptors are moved above all targets first, so that no dup2 overwrites one that is still needed.
    private const int AboveAllTargets = 64;

    // The daemon's own environment may hold keys; a VMM needs none of it.
    private static readonly string[] s_environment =
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TMPDIR=/tmp"];

    /// <summary>Starts the program.</summary>
    /// <param name="start">What to spawn.</param>
    /// <param name="prepare">What is done first by the thread that spawns, which then is one of its own; null for nothing.</param>
    /// <exception cref="ProcessSpawnException">It could not be executed.</exception>
    public static ChildProcess Spawn(ProcessStart start, Action? prepare = null)
    {
        bool isTableLarge = start.Output.Number >= DescriptorTable.Large;
        int pid = prepare is null && !isTableLarge
            ? SpawnHere(start)
            : SpawnThread.Run(() =>
            {
                prepare?.Invoke();
                return isTableLarge && DescriptorTable.TryLeave() ? SpawnApart(start) : SpawnHere(start);
            });
        return ChildProcess.Adopt(pid);
    }

    // On a thread that has left the table.
    private static int SpawnApart(ProcessStart start)
    {
        List<SafeFd> fetched = DescriptorTable.Fetch([start.Output, .. start.Passed]);
        try
        {
            return SpawnHere(start with { Output = fetched[0], Passed = fetched[1..] });
        }
        finally
        {
            fetched.ForEach(static fd => fd.Dispose());
        }
    }

    private static int SpawnHere(ProcessStart start)
    {
        List<SafeFd> moved = [];
        try
        {
            moved.Add(OpenNull());
            moved.Add(Move(start.Output));
            foreach (SafeFd fd in start.Passed)
            {
                moved.Add(Move(fd));
            }

            return SpawnCore(start, moved);
        }
        finally
        {
            moved.ForEach(static fd => fd.Dispose());
        }
    }

    private static unsafe int SpawnCore(ProcessStart start, List<SafeFd> moved)
    {
        byte* actions = stackalloc byte[Libc.SpawnActionsSize];
        byte* attributes = stackalloc byte[Libc.SpawnAttributesSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        using NativeStrings arguments = new([start.Program, .. start.Arguments]);
        using NativeStrings environment = new(s_environment);

        // SAFETY: all buffers are at least as large as their C types and outlive the calls.
        Check(Libc.posix_spawn_file_actions_init(actions), start.Program);
        Check(Libc.posix_spawnattr_init(attributes), start.Program);
        try
        {
            AddDescriptors(actions, moved, start.Program);
            _ = Libc.sigemptyset(signals);
            Check(Libc.posix_spawnattr_setsigmask(attributes, signals), start.Program);

            // .NET ignores SIGPIPE and may handle SIGCHLD; the child starts with every default.
            _ = Libc.sigfillset(signals);
            Check(Libc.posix_spawnattr_setsigdefault(attributes, signals), start.Program);
            Check(
                Libc.posix_spawnattr_setflags(
                    attributes, Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSIGDEF),
                start.Program);
            int pid;
            Check(Libc.posix_spawn(&pid, arguments.First, actions, attributes, arguments.Pointers, environment.Pointers), start.Program);
            return pid;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static unsafe void AddDescriptors(byte* actions, List<SafeFd> moved, string program)
    {
        // moved: /dev/null, the log, then what is passed.
        Check(Libc.posix_spawn_file_actions_adddup2(actions, moved[0].Number, 0), program);
        Check(Libc.posix_spawn_file_actions_adddup2(actions, moved[1].Number, 1), program);
        Check(Libc.posix_spawn_file_actions_adddup2(actions, moved[1].Number, 2), program);
        for (int i = 2; i < moved.Count; i++)
        {
            Check(Libc.posix_spawn_file_actions_adddup2(actions, moved[i].Number, ProcessStart.FirstPassed + i - 2), program);
        }

        try
        {
            // A child in the folder of its parent would keep that file system from being unmounted.
            Check(Libc.posix_spawn_file_actions_addchdir_np(actions, "/"), program);
            Check(
                Libc.posix_spawn_file_actions_addclosefrom_np(actions, ProcessStart.FirstPassed + moved.Count - 2),
                program);
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library: close-on-exec, which .NET sets on all that it opens, has to do.
        }
    }

    private static SafeFd OpenNull()
    {
        using SafeFd opened = new(Libc.open("/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        return opened.IsInvalid
            ? throw new HypervisorException($"/dev/null could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.")
            : Move(opened);
    }

    private static SafeFd Move(SafeFd fd)
    {
        SafeFd moved = new(Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, AboveAllTargets));
        return moved.IsInvalid
            ? throw new HypervisorException($"A descriptor could not be duplicated: {Marshal.GetLastPInvokeErrorMessage()}.")
            : moved;
    }

    private static void Check(int error, string program)
    {
        if (error != 0)
        {
            throw new ProcessSpawnException(program, error);
        }
    }
}
