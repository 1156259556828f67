using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>A process that this program supervises: its child, or one that an earlier program left.</summary>
/// <remarks>
/// Thread-safe. Needs no disposal: its descriptor is closed when the process has ended. Only a child's exit status can be
/// known; another's is <see cref="ProcessExit"/> with nothing in it.
/// </remarks>
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

    /// <summary>Completes, never with an error, when the process has ended and, if it is a child, has been collected.</summary>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>Takes over a child that nobody else waits for.</summary>
    public static ChildProcess Adopt(int pid)
    {
        // Nobody has collected the child yet, so its pid and its entry in /proc are there even if it has ended.
        SafeFd pidfd = PidFd.TryOpen(pid)
            ?? throw new HypervisorException($"The child {pid} vanished: something else in this program collects its children.");
        return Watched(pidfd, ProcessIdentity.Of(pid) ?? new ProcessIdentity(pid, 0, ""));
    }

    /// <summary>Takes over a process that somebody else started, or answers null when that very process has ended.</summary>
    public static ChildProcess? TryAttach(ProcessIdentity identity) => identity.Pin() is { } pidfd ? Watched(pidfd, identity) : null;

    /// <summary>Sends a signal; false when the process has ended.</summary>
    public bool Signal(int signal)
    {
        lock (_lock)
        {
            return !_gone && PidFd.Signal(_pidfd, signal);
        }
    }

    public bool Kill() => Signal(Libc.SIGKILL);

    private static ChildProcess Watched(SafeFd pidfd, ProcessIdentity identity)
    {
        ChildProcess process = new(pidfd, identity);
        DescriptorWatcher.Shared.Watch(pidfd, process.Collect);
        return process;
    }

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
