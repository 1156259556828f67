namespace Viper.Agent.Interop;

/// <summary>
/// Starts a program as another user, in a process group of its own, with clean signals, and with only its
/// standard descriptors.
/// </summary>
/// <remarks>
/// A runtime with threads must not run managed code between fork and exec. So a short-lived thread takes the
/// user's identity for itself alone (system calls, past the C library, which would change every thread) and
/// calls posix_spawn(3); the child has the thread's identity from its first instruction.
/// </remarks>
internal static class Spawner
{
    private const int StackSize = 256 * 1024;

    /// <summary>Starts the program and returns its id, which is also that of its group.</summary>
    /// <exception cref="SpawnException">It was not started.</exception>
    internal static int Spawn(SpawnRequest request)
    {
        var pid = 0;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    TakeIdentity(request);
                    request.Before?.Invoke();
                    pid = SpawnHere(request);
                }
                catch (Exception error)
                {
                    failure = error;
                }
            },
            StackSize);
        thread.Start();
        thread.Join();
        return failure switch
        {
            null => pid,
            SystemCallException error => throw new SpawnException(SpawnFault.System, error.Message),
            _ => throw failure,
        };
    }

    private static unsafe void TakeIdentity(SpawnRequest request)
    {
        // No set-user-id program may give the user more than it has.
        Check(Libc.syscall(Libc.SYS_prctl, Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        if (request.UserId is not { } user)
        {
            return;
        }

        var mark = request.Mark ?? 0;
        Check(Libc.syscall(Libc.SYS_setgroups, request.Mark is null ? 0 : 1, (nint)(&mark), 0, 0, 0), "setgroups");
        Check(Libc.syscall(Libc.SYS_setresgid, (nint)user, (nint)user, (nint)user, 0, 0), $"setresgid {user}");
        Check(Libc.syscall(Libc.SYS_setresuid, (nint)user, (nint)user, (nint)user, 0, 0), $"setresuid {user}");
    }

    private static unsafe int SpawnHere(SpawnRequest request)
    {
        var attributes = stackalloc byte[Libc.SpawnAttributesSize];
        var actions = stackalloc byte[Libc.SpawnFileActionsSize];
        using var directory = FileDescriptor.TryOpen(request.WorkingDirectory, Libc.O_PATH | Libc.O_DIRECTORY)
            ?? throw new SpawnException(SpawnFault.Directory, SystemCallException.Last($"enter {request.WorkingDirectory}").Message);
        if (Libc.access(request.WorkingDirectory, Libc.X_OK) != 0)
        {
            throw new SpawnException(SpawnFault.Directory, SystemCallException.Last($"enter {request.WorkingDirectory}").Message);
        }

        using var arguments = new NativeStrings(request.Arguments);
        using var environment = new NativeStrings(request.Environment);
        using var path = new NativeStrings([Find(request)]);

        Require(Libc.posix_spawnattr_init(attributes), "posix_spawnattr_init");
        Require(Libc.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        try
        {
            SetAttributes(attributes, request.Terminal is not null);
            SetDescriptors(actions, request);
            Require(Libc.posix_spawn_file_actions_addfchdir_np(actions, directory.Number), "spawn: directory");

            // What PID 1 handed down without O_CLOEXEC is not for the program either.
            Require(Libc.posix_spawn_file_actions_addclosefrom_np(actions, 3), "spawn: descriptors");

            int pid;
            var error = Libc.posix_spawn(&pid, path.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
            return error == 0 ? pid : throw Refused(error, request);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static unsafe void SetAttributes(byte* attributes, bool isSession)
    {
        var signals = stackalloc byte[Libc.SignalSetSize];
        var flags = (isSession ? Libc.POSIX_SPAWN_SETSID : Libc.POSIX_SPAWN_SETPGROUP) | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK;
        Require(Libc.posix_spawnattr_setflags(attributes, (short)flags), "posix_spawnattr_setflags");
        Require(Libc.posix_spawnattr_setpgroup(attributes, 0), "posix_spawnattr_setpgroup");

        // The runtime ignores SIGPIPE and may block signals in its threads; programs expect neither.
        Require(Libc.sigfillset(signals), "sigfillset");
        Require(Libc.posix_spawnattr_setsigdefault(attributes, signals), "posix_spawnattr_setsigdefault");
        Require(Libc.sigemptyset(signals), "sigemptyset");
        Require(Libc.posix_spawnattr_setsigmask(attributes, signals), "posix_spawnattr_setsigmask");
    }

    private static unsafe void SetDescriptors(byte* actions, SpawnRequest request)
    {
        if (request.Terminal is { } terminal)
        {
            // The first terminal that a session's leader opens becomes the session's own.
            Require(Libc.posix_spawn_file_actions_addopen(actions, 0, terminal, Libc.O_RDWR, 0), "spawn: terminal");
            Require(Libc.posix_spawn_file_actions_adddup2(actions, 0, 1), "spawn: stdout");
            Require(Libc.posix_spawn_file_actions_adddup2(actions, 0, 2), "spawn: stderr");
            return;
        }

        Require(
            request.Input is { } input
                ? Libc.posix_spawn_file_actions_adddup2(actions, input.Number, 0)
                : Libc.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", Libc.O_RDONLY, 0),
            "spawn: stdin");
        Require(Libc.posix_spawn_file_actions_adddup2(actions, request.Output!.Number, 1), "spawn: stdout");
        Require(Libc.posix_spawn_file_actions_adddup2(actions, request.Error!.Number, 2), "spawn: stderr");
    }

    /// <summary>The first path at which there is a program; a relative one is left to the kernel, which looks from the new folder.</summary>
    private static string Find(SpawnRequest request)
    {
        if (request.Paths is [var only])
        {
            return only;
        }

        string? denied = null;
        foreach (var path in request.Paths)
        {
            if (Libc.access(path, Libc.X_OK) == 0 && !Directory.Exists(path))
            {
                return path;
            }

            denied ??= File.Exists(path) ? path : null;
        }

        throw denied is null
            ? new SpawnException(SpawnFault.Missing, $"There is no program '{request.Arguments[0]}' in the folders of PATH.")
            : new SpawnException(SpawnFault.NotExecutable, $"{denied} cannot be executed.");
    }

    private static SpawnException Refused(int errno, SpawnRequest request)
    {
        var text = new SystemCallException($"start {request.Arguments[0]} in {request.WorkingDirectory}", errno).Message;
        return new SpawnException(
            errno switch
            {
                Libc.ENOENT or Libc.ENOTDIR => SpawnFault.Missing,
                Libc.EACCES or Libc.ENOEXEC or Libc.EPERM or Libc.EISDIR or Libc.ELOOP => SpawnFault.NotExecutable,
                Libc.E2BIG => SpawnFault.TooLong,
                _ => SpawnFault.System,
            },
            text);
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
