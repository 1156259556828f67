using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Lifecycle;
using Viper.Orchestration.Timers;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    private readonly VmTimers _timers;
    private volatile RunTimers? _runTimers;
    private volatile string? _endCode;

    /// <summary>When the VM was last used.</summary>
    public VmActivity Activity { get; }

    /// <summary>Counts as use of the VM; throws if it is not up.</summary>
    public Vm KeepAlive()
    {
        VmRecord record = _record;
        if (record.Status is not (VmStatus.Creating or VmStatus.Starting or VmStatus.Running or VmStatus.Paused))
        {
            throw EngineProblems.NotRunning(record.Name, record.Status);
        }

        Activity.Touch();
        return View();
    }

    private DateTimeOffset? After(TimeSpan? left) => left is { } time ? _parts.Time.GetUtcNow() + (time > TimeSpan.Zero ? time : TimeSpan.Zero) : null;

    /// <summary>Begins the times of a run that is ready; before anybody sees that it is.</summary>
    private RunTimers BeginTimers(TimeSpan age = default)
    {
        Activity.Touch();
        RunTimers timers = new(_parts.Time, _timers, Activity, _parts.Settings.EndWarning, age);
        _runTimers = timers;
        return timers;
    }

    /// <summary>Begins to watch over a run that has become ready.</summary>
    private void WatchOver(VmRun run, RunTimers timers)
    {
        if (_timers.EndRuns)
        {
            _ = FollowAsync(timers.RunAsync((type, left) => Warn(run, type, left), () => EndByTimerAsync(run, timers), run.Ended));
        }

        if (_parts.Settings.HealthInterval > TimeSpan.Zero)
        {
            HealthWatch health = new(_parts, run.Agent);
            _ = FollowAsync(health.RunAsync(() => _record.Status == VmStatus.Running, isHealthy => PostHealth(run, isHealthy), run.Ended));
        }
    }

    private async Task FollowAsync(Task watch)
    {
        try
        {
            await watch.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
#pragma warning disable CA1031 // A fault in the engine must not go unseen.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.CommandFailed(_parts.Log, _record.Name, e);
        }
    }

    private void Warn(VmRun run, string eventType, TimeSpan left) => _mailbox.TryPost(
        () =>
        {
            if (_run == run)
            {
                string reason = eventType == VmEventTypes.IdleWarning ? "the VM is not used" : "the VM's time is nearly over";
                VmWarningData data = new() { Reason = reason, SecondsLeft = Math.Round(left.TotalSeconds, 3), EndsAt = After(left)!.Value };
                Append(eventType, JsonSerializer.Serialize(data, ViperJson.Default.VmWarningData));
            }

            return Task.FromResult(true);
        },
        out _);

    private Task EndByTimerAsync(VmRun run, RunTimers timers)
    {
        bool isPosted = _mailbox.TryPost(
            async () =>
            {
                // Looked at again: it may have been used, or ended, while this waited for its turn.
                if (_run == run && timers.Due is { } code)
                {
                    string reason = code == EndCodes.MaxLifetime
                        ? $"its time of {_timers.MaxLifetime.TotalSeconds:0} s was over"
                        : $"it was not used for {_timers.IdleTimeout.TotalSeconds:0} s";
                    await StopCoreAsync(_parts.Settings.StopGrace, reason, code).ConfigureAwait(false);
                }

                return true;
            },
            out Task<bool> done);
        return isPosted ? done : Task.CompletedTask;
    }

    private Task PostHealth(VmRun run, bool isHealthy) =>
        _mailbox.TryPost(() => HandleHealthAsync(run, isHealthy), out Task<bool> done) ? done : Task.CompletedTask;

    private async Task<bool> HandleHealthAsync(VmRun run, bool isHealthy)
    {
        if (_run != run || _record.Status != VmStatus.Running)
        {
            return false;
        }

        if (isHealthy)
        {
            Append(VmEventTypes.Healthy, ReasonJson(new VmReasonData { Reason = "the agent answers again" }));
            return true;
        }

        EngineSettings settings = _parts.Settings;
        VmReasonData data = new() { Reason = $"the agent did not answer {settings.HealthFailures} times in a row", Code = EndCodes.Unhealthy };
        Append(VmEventTypes.Unhealthy, ReasonJson(data));
        VmOutcome outcome = Decide(VmOccurrence.Unhealthy);
        if (_timers.RestartOnFailure && outcome.Verdict == VmVerdict.Go)
        {
            _endCode = EndCodes.Unhealthy;
            Log.Crashed(_parts.Log, _record.Name, data.Reason);
            CommitEnd(outcome.To, VmEventTypes.Crashed, data);
            await run.ReleaseAsync().ConfigureAwait(false);
            _run = null;
            Changed.Raise();
            RestartByPolicy(data.Reason, isFailure: true);
        }

        return true;
    }

    /// <summary>Appends an event about the VM as it is; where that cannot be stored, it is logged.</summary>
    private void Append(string eventType, string data)
    {
        try
        {
            _parts.Store.AppendEvent(EventDraft.About(eventType, _record, data));
            _parts.EventAppended.Raise();
        }
        catch (StateException e)
        {
            Log.EventNotStored(_parts.Log, _record.Name, eventType, e);
        }
    }
}
