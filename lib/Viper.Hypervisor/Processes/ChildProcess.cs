using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>A child of this program, watched and collected.</summary>
/// <remarks>Thread-safe. Needs no disposal: its descriptor is closed when the process has ended.</remarks>
internal sealed class ChildProcess
{
    private readonly Lock _lock = new();
    private readonly SafeFd _pidfd;
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _gone;

    private ChildProcess(SafeFd pidfd, ProcessIdentity identity)
    {
        _pidfd = pidfd;
        Identity = identity;
    }

    public ProcessIdentity Identity { get; }

    /// <summary>Completes, never with an error, when the process has ended and has been collected.</summary>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>Takes over a child that nobody else waits for.</summary>
    public static ChildProcess Adopt(int pid)
    {
        // Nobody has collected the child yet, so its pid and its entry in /proc are there even if it has ended.
        SafeFd pidfd = PidFd.TryOpen(pid)
            ?? throw new HypervisorException($"The child {pid} vanished: something else in this program collects its children.");
        ProcessIdentity identity = ProcessIdentity.Of(pid) ?? new ProcessIdentity(pid, 0, "");
        ChildProcess child = new(pidfd, identity);
        ProcessWatcher.Shared.Watch(pidfd, child.Collect);
        return child;
    }

    /// <summary>Sends a signal; false when the process has ended.</summary>
    public bool Signal(int signal)
    {
        lock (_lock)
        {
            return !_gone && PidFd.Signal(_pidfd, signal);
        }
    }

    public bool Kill() => Signal(Libc.SIGKILL);

    private void Collect()
    {
        ProcessExit exit;
        lock (_lock)
        {
            exit = PidFd.Reap(_pidfd);
            _gone = true;
            _pidfd.Dispose();
        }

        _exited.SetResult(exit);
    }
}
