using System.Globalization;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <remarks>
/// A pid alone is reused; pid, start time and boot id together are not. See proc_pid_stat(5), field 22, and
/// /proc/sys/kernel/random/boot_id.
/// </remarks>
/// <param name="Pid">The process id.</param>
/// <param name="StartTicks">The start time in clock ticks since boot.</param>
/// <param name="BootId">The id of the boot in which the process was started.</param>
public readonly record struct ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    private static readonly Lazy<string> s_bootId =
        new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>The identity of the process that has this pid now, or null when there is none.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcessStat.TryRead(pid, out ProcessStat stat) ? new ProcessIdentity(pid, stat.StartTicks, s_bootId.Value) : null;

    /// <summary>Whether this very process exists and has not ended; a zombie has ended.</summary>
    public bool IsAlive() => IsThisBoot && ProcessStat.TryRead(Pid, out ProcessStat stat)
        && stat.StartTicks == StartTicks && !stat.HasEnded;

    /// <summary>Sends SIGKILL to this very process.</summary>
    /// <returns>False when it has ended already, even if its pid has been reused.</returns>
    /// <exception cref="HypervisorException">The kernel refused the signal.</exception>
    public bool KillIfSame()
    {
        using SafeFd? pidfd = Pin();
        return pidfd is not null && PidFd.Signal(pidfd, Libc.SIGKILL);
    }

    /// <summary>Waits for the end of this very process, whoever its parent is; returns at once when it has ended.</summary>
    public async Task WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        using SafeFd? pidfd = Pin();
        if (pidfd is null)
        {
            return;
        }

        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong watch = DescriptorWatcher.Shared.Watch(pidfd, ended.SetResult);
        try
        {
            await ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            DescriptorWatcher.Shared.Forget(watch);
        }
    }

    /// <summary>The identity as <c>pid:ticks:boot</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid}:{StartTicks}:{BootId}");

    private bool IsThisBoot => Pid > 0 && BootId == s_bootId.Value;

    // The descriptor is opened first and the start time compared after, so nothing can slip in between.
    internal SafeFd? Pin()
    {
        if (!IsThisBoot || PidFd.TryOpen(Pid) is not { } pidfd)
        {
            return null;
        }

        if (IsAlive())
        {
            return pidfd;
        }

        pidfd.Dispose();
        return null;
    }
}
