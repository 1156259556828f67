using Viper.Agent.Interop;

namespace Viper.Agent.Browser;

/// <summary>
/// Starts a program as another user, in a process group of its own, with clean signals, and with only its
/// standard descriptors.
/// </summary>
/// <remarks>
/// A runtime with threads must not run managed code between fork and exec. So a short-lived thread takes the
/// user's identity for itself alone (system calls, past the C library, which would change every thread) and
/// calls posix_spawn(3); the child has the thread's identity from its first instruction.
/// </remarks>
internal static class ChromeSpawner
{
    private const int StackSize = 256 * 1024;

    /// <summary>Starts the program with stdout and stderr on <paramref name="output"/>, and returns its id.</summary>
    /// <exception cref="SystemCallException">The kernel refused a step.</exception>
    internal static int Spawn(ChromeCommand command, FileDescriptor output)
    {
        var pid = 0;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    TakeIdentity(command);
                    pid = SpawnHere(command, output.Number);
                }
                catch (Exception error)
                {
                    failure = error;
                }
            },
            StackSize);
        thread.Start();
        thread.Join();
        return failure is null ? pid : throw failure;
    }

    private static void TakeIdentity(ChromeCommand command)
    {
        // No set-user-id program may give Chrome's user more than it has.
        Check(Libc.syscall(Libc.SYS_prctl, Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        if (command.UserId is not { } user)
        {
            return;
        }

        Check(Libc.syscall(Libc.SYS_setgroups, 0, 0, 0, 0, 0), "setgroups");
        Check(Libc.syscall(Libc.SYS_setresgid, (nint)user, (nint)user, (nint)user, 0, 0), $"setresgid {user}");
        Check(Libc.syscall(Libc.SYS_setresuid, (nint)user, (nint)user, (nint)user, 0, 0), $"setresuid {user}");
        if (command.OwnsUser)
        {
            // As this user, -1 is every process of the user but this one (kill(2)); finding none is no error.
            Libc.kill(-1, Libc.SIGKILL);
        }
    }

    private static unsafe int SpawnHere(ChromeCommand command, int output)
    {
        var attributes = stackalloc byte[Libc.SpawnAttributesSize];
        var actions = stackalloc byte[Libc.SpawnFileActionsSize];
        var signals = stackalloc byte[Libc.SignalSetSize];
        using var arguments = new NativeStrings([command.Path, .. command.Arguments]);
        using var environment = new NativeStrings(command.Environment);

        Require(Libc.posix_spawnattr_init(attributes), "posix_spawnattr_init");
        Require(Libc.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        try
        {
            var flags = Libc.POSIX_SPAWN_SETPGROUP | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK;
            Require(Libc.posix_spawnattr_setflags(attributes, (short)flags), "posix_spawnattr_setflags");
            Require(Libc.posix_spawnattr_setpgroup(attributes, 0), "posix_spawnattr_setpgroup");

            // The runtime ignores SIGPIPE and may block signals in its threads; Chrome expects neither.
            Require(Libc.sigfillset(signals), "sigfillset");
            Require(Libc.posix_spawnattr_setsigdefault(attributes, signals), "posix_spawnattr_setsigdefault");
            Require(Libc.sigemptyset(signals), "sigemptyset");
            Require(Libc.posix_spawnattr_setsigmask(attributes, signals), "posix_spawnattr_setsigmask");

            Require(Libc.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", Libc.O_RDONLY, 0), "spawn: stdin");
            Require(Libc.posix_spawn_file_actions_adddup2(actions, output, 1), "spawn: stdout");
            Require(Libc.posix_spawn_file_actions_adddup2(actions, output, 2), "spawn: stderr");

            // What PID 1 handed down without O_CLOEXEC is not for Chrome either.
            Require(Libc.posix_spawn_file_actions_addclosefrom_np(actions, 3), "spawn: descriptors");
            Require(Libc.posix_spawn_file_actions_addchdir_np(actions, command.WorkingDirectory), "spawn: directory");

            int pid;
            Require(
                Libc.posix_spawn(&pid, arguments.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer),
                $"start {command.Path} in {command.WorkingDirectory}");
            return pid;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static void Check(nint result, string operation)
    {
        if (result < 0)
        {
            throw SystemCallException.Last(operation);
        }
    }

    // The posix_spawn family returns its error instead of setting errno.
    private static void Require(int error, string operation)
    {
        if (error != 0)
        {
            throw new SystemCallException(operation, error);
        }
    }
}
