using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Guest;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(10);

    /// <summary>Goes on with a run that an earlier daemon began; to be called before <see cref="Begin"/>.</summary>
    public void Adopt(VmRun run, IMachine machine)
    {
        _run = run;
        _phase = VmPhase.Ready;
        _readyTimestamp = _parts.Time.GetTimestamp();
        if (_record.Status == VmStatus.Paused)
        {
            // As if this daemon had paused it: its idle time stands still.
            _pause = Activity.Begin();
        }

        WatchOver(run, BeginTimers(ReadyFor(_record, machine.Identity)));
        _ = FollowAsync(run, machine);
        _ = FollowBrowserAsync(run, machine);
        _ = AskBrowserAsync(run);
    }

    /// <summary>How long the VM is ready: by the age of its process, for clocks may have been set since.</summary>
    private static TimeSpan ReadyFor(VmRecord record, ProcessIdentity vmm)
    {
        TimeSpan boot = record.ReadyAt - record.StartedAt ?? TimeSpan.Zero;
        TimeSpan age = ProcessAge.Of(vmm) - (boot > TimeSpan.Zero ? boot : TimeSpan.Zero);
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>Asks the agent which browser it has, until it says so or the run ends.</summary>
    private async Task AskBrowserAsync(VmRun run)
    {
        try
        {
            AgentHealth? health;
            while ((health = await _parts.Agents.AskAsync(run.Agent, run.Ended).ConfigureAwait(false)) is null)
            {
                await Task.Delay(s_askAgain, _parts.Time, run.Ended).ConfigureAwait(false);
            }

            if (_run == run)
            {
                _browser = health.BrowserProduct;
                Changed.Raise();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
