using System.Globalization;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>A pid that the kernel really gave to a second process.</summary>
public sealed class PidReuseTests : IDisposable
{
    private const string LastPid = "/proc/sys/kernel/ns_last_pid";
    private const int Attempts = 2000;

    private readonly ShortFolder _folder = new();
    private readonly SafeFd _log;

    public PidReuseTests() =>
        _log = new SafeFd(Libc.open(_folder["log"], Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, 0x180));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task KillIfSame_PidOfAnotherProcessNow_TouchesNothing()
    {
        (ProcessIdentity first, ChildProcess second) = await ReuseAsync();
        try
        {
            Assert.Equal(first.Pid, second.Identity.Pid);
            Assert.False(first.KillIfSame());
            Assert.False(first.IsAlive());
            Assert.Null(ChildProcess.TryAttach(first));
            await first.WaitForExitAsync(Cancellation);
            Assert.True(second.Identity.IsAlive());
        }
        finally
        {
            second.Kill();
            await second.Exited.WaitAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Signal_ChildWhosePidIsAnothersNow_TouchesNothing()
    {
        ChildProcess first = Sleeper();
        first.Kill();
        await first.Exited.WaitAsync(Cancellation);
        ChildProcess? second = await SpawnAsAsync(first.Identity);
        Assert.NotNull(second);

        Assert.False(first.Kill());
        Assert.True(second.Identity.IsAlive());

        second.Kill();
        await second.Exited.WaitAsync(Cancellation);
    }

    private async Task<(ProcessIdentity First, ChildProcess Second)> ReuseAsync()
    {
        ChildProcess first = Sleeper();
        first.Kill();
        await first.Exited.WaitAsync(Cancellation);
        return (first.Identity, await SpawnAsAsync(first.Identity)
            ?? throw new InvalidOperationException($"The kernel did not give pid {first.Identity.Pid} again."));
    }

    // The kernel counts on from ns_last_pid. Other programs fork too, so this takes some attempts.
    private async Task<ChildProcess?> SpawnAsAsync(ProcessIdentity gone)
    {
        Assert.SkipUnless(Libc.geteuid() == 0, "Only root can choose the next pid (/proc/sys/kernel/ns_last_pid).");
        for (int i = 0; i < Attempts; i++)
        {
            await File.WriteAllTextAsync(LastPid, (gone.Pid - 1).ToString(CultureInfo.InvariantCulture), Cancellation);
            ChildProcess next = Sleeper();

            // The start time counts in hundredths of a second; a real pid comes again only after thousands of others.
            if (next.Identity.Pid == gone.Pid && next.Identity.StartTicks != gone.StartTicks)
            {
                return next;
            }

            next.Kill();
            await next.Exited.WaitAsync(Cancellation);
        }

        return null;
    }

    private ChildProcess Sleeper() => ProcessSpawner.Spawn(new ProcessStart("/bin/sleep", ["1000"], _log, []));
}
