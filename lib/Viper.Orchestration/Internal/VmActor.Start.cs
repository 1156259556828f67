using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Lifecycle;
using Viper.Orchestration.Timers;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    /// <summary>Every tap of ours begins so; the rest is derived from the VM's id, which is never used twice.</summary>
    public const string TapPrefix = "vt";

    /// <summary>Begins the start that belongs to a create; ends once it has begun. What becomes of it is in the VM's status.</summary>
    public Task<Vm> BootAsync(BootPlan plan) => PostStart(plan, isEnd: false, begun => StartCoreAsync(plan, () => Decide(VmOccurrence.Committed), begun, kind: null));

    /// <summary>Begins a start unless the VM is up or coming up; ends once it has begun.</summary>
    public Task<Vm> StartAsync(BootPlan plan) => PostStart(plan, isEnd: false, begun => StartCoreAsync(plan, () => Decide(VmCommand.Start), begun, OperationKinds.VmStart));

    /// <summary>Ends the present run, if there is one, and begins the next; ends once that has begun.</summary>
    public Task<Vm> RestartAsync(BootPlan plan, TimeSpan grace) => PostStart(plan, isEnd: true, async begun =>
    {
        Decide(VmCommand.Restart);
        if (_run is null)
        {
            // Whether there is a place or not, a start that this cancelled is over.
            await StopCoreAsync(grace, "restarted as asked").ConfigureAwait(false);
        }

        // The next run has the place of this one: nobody who waits for a place gets in between.
        VmClaim claim = plan.Claim ?? _run?.TakeClaim() ?? _parts.Admission.AdmitNow(VmDemand.Of(_record));
        try
        {
            await StopCoreAsync(grace, "restarted as asked").ConfigureAwait(false);
            await StartCoreAsync(plan with { Claim = claim }, () => Decide(VmCommand.Start), begun, OperationKinds.VmRestart).ConfigureAwait(false);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    });

    private Task<Vm> PostStart(BootPlan plan, bool isEnd, Func<TaskCompletionSource<Vm>, Task> work)
    {
        TaskCompletionSource<Vm> begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<bool> RunAsync()
        {
            try
            {
                await work(begun).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A fault in the engine must not end the mailbox; the caller and the log get it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                plan.Claim?.Dispose();
                if (!begun.TrySetException(e))
                {
                    Log.CommandFailed(_parts.Log, _record.Name, e);
                }
            }

            return true;
        }

        bool isPosted = isEnd ? TryPostEnd(cutsGrace: false, RunAsync, out _) : _mailbox.TryPost(RunAsync, out _);
        if (isPosted)
        {
            return begun.Task;
        }

        plan.Claim?.Dispose();
        return Task.FromException<Vm>(EngineProblems.NotFound(_record.Name));
    }

    internal static string TapOf(string id) => TapPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(id)).AsSpan(0, 4));

    /// <param name="plan">What it starts from.</param>
    /// <param name="decide">What the lifecycle says to it.</param>
    /// <param name="begun">Ends once it has begun.</param>
    /// <param name="kind">The operation that begins with it; null where that is running already, or where no caller asked for the start.</param>
    private async Task StartCoreAsync(BootPlan plan, Func<VmOutcome> decide, TaskCompletionSource<Vm> begun, string? kind)
    {
        VmOutcome outcome = decide();
        using CancellationTokenSource deadline = new(_parts.Settings.StartTimeout, _parts.Time);
        bool isWanted;
        lock (_startGate)
        {
            // A stop or delete that is already waiting would only have to undo it.
            isWanted = outcome.Verdict == VmVerdict.Go && _pendingEnds == 0;
            _start = isWanted ? deadline : null;
        }

        if (!isWanted)
        {
            plan.Claim?.Dispose();
            begun.TrySetResult(View());
            return;
        }

        string tap = TapOf(_record.Id);
        VmRun run = new(_parts, _record, tap, _network, plan.Claim);
        try
        {
            CallOffRestart();
            _startFailure = null;
            _isRestartTold = false;
            _endCode = null;
            _browser = null;
            _phase = VmPhase.Network;
            Commit(
                new VmChange { Status = outcome.To, StatusReason = (string?)null, TapName = tap, Hypervisor = HypervisorNames.Of(plan.Hypervisor.Kind) },
                eventType: null,
                begin: Beginning(kind));
            _run = run;
            begun.TrySetResult(View());
            await BringUpAsync(run, plan, deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever stopped the start, what it made is undone and the VM says why.
        catch (Exception e)
#pragma warning restore CA1031
        {
            begun.TrySetResult(View());
            await UndoStartAsync(run, e, deadline.IsCancellationRequested).ConfigureAwait(false);
        }
        finally
        {
            lock (_startGate)
            {
                _start = null;
            }
        }
    }

    private async Task BringUpAsync(VmRun run, BootPlan plan, CancellationToken cancellationToken)
    {
        Timeline timeline = plan.Timeline;
        cancellationToken.ThrowIfCancellationRequested();
        run.AttachNetwork();
        timeline.End(VmPhase.Network);

        IMachine machine = await BootAsync(run, plan, VmEventTypes.Running, cancellationToken).ConfigureAwait(false);
        GuestReport? report = await WatchAsync(run, machine, _parts.Settings.BootSilence, timeline, cancellationToken).ConfigureAwait(false);
        if (report is null)
        {
            // The VMM runs and the guest does not. Once more; then it has all the time that is left.
            Log.GuestSilent(_parts.Log, _record.Name, SerialText.LastWords(machine));
            timeline.End("silent_boot");
            await run.DropMachineAsync().ConfigureAwait(false);
            machine = await BootAsync(run, plan, eventType: null, cancellationToken).ConfigureAwait(false);
            report = (await WatchAsync(run, machine, Timeout.InfiniteTimeSpan, timeline, cancellationToken).ConfigureAwait(false))!;
        }

        timeline.End(report.Browser is null ? VmPhase.AgentReady : VmPhase.BrowserReady);

        _browser = report.Browser;
        _phase = VmPhase.Ready;
        RunTimers timers = BeginTimers();
        VmReadyData data = new() { Timeline = [.. timeline.Steps], GuestMs = report.Milliseconds, Browser = report.Browser };
        Commit(
            new VmChange { Status = Decide(VmOccurrence.Ready).To, ReadyAt = _parts.Time.GetUtcNow() },
            VmEventTypes.Ready,
            _ => JsonSerializer.Serialize(data, ViperJson.Default.VmReadyData),
            end: EndOf(OperationStatus.Succeeded));
        _readyTimestamp = _parts.Time.GetTimestamp();
        WatchOver(run, timers);
        _ = FollowAsync(run, machine);
        _ = FollowBrowserAsync(run, machine);
    }

    /// <summary>Spawns the VMM and commits that the vCPUs run.</summary>
    private async Task<IMachine> BootAsync(VmRun run, BootPlan plan, string? eventType, CancellationToken cancellationToken)
    {
        SetPhase(VmPhase.Spawn);
        IMachine machine = await run.SpawnAsync(plan.Hypervisor, plan.Files, cancellationToken).ConfigureAwait(false);
        Commit(
            new VmChange
            {
                Pid = machine.Identity.Pid,
                PidStartTime = machine.Identity.StartTicks,
                BootId = machine.Identity.BootId,
                StartedAt = _parts.Time.GetUtcNow(),
            },
            eventType);
        plan.Timeline.End(VmPhase.Spawn);
        SetPhase(VmPhase.Boot);
        return machine;
    }

    private Task<GuestReport?> WatchAsync(VmRun run, IMachine machine, TimeSpan silence, Timeline timeline, CancellationToken cancellationToken) =>
        new GuestWatch(_parts, _record.Name, machine, run.Agent).UntilReadyAsync(
            silence,
            phase =>
            {
                timeline.End(phase == VmPhase.AgentReady ? VmPhase.Boot : VmPhase.AgentReady);
                SetPhase(phase);
            },
            cancellationToken);

    private async Task UndoStartAsync(VmRun run, Exception cause, bool isOver)
    {
        bool isUnwanted;
        lock (_startGate)
        {
            isUnwanted = _pendingEnds > 0;
        }

        if (isUnwanted && cause is OperationCanceledException)
        {
            // The stop or delete that cancelled the start goes on from here.
            await run.ReleaseAsync().ConfigureAwait(false);
            _run = null;
            _cutAt = _phase;
            _phase = null;
            return;
        }

        string phase = _phase ?? VmPhase.Spawn;
        EngineException failure = cause switch
        {
            EngineException known => known,
            OperationCanceledException when isOver => EngineProblems.StartFailed(
                _record.Name,
                $"it was not ready within {_parts.Settings.StartTimeout.TotalSeconds:0} s; it had come to {phase}. {SerialText.LastWords(run.Machine)} More: viper vms logs {_record.Name}",
                cause),
            _ => EngineProblems.StartFailed(_record.Name, cause.Message, cause),
        };
        Log.Crashed(_parts.Log, _record.Name, failure.Message);
        _startFailure = failure;
        run.AnnounceEnd();
        CommitEnd(
            Decide(VmOccurrence.StartFailed).To,
            VmEventTypes.Crashed,
            new VmReasonData { Reason = failure.Message, Code = failure.Code },
            EndOf(OperationStatus.Failed, failure.Problem));
        await run.ReleaseAsync().ConfigureAwait(false);
        _run = null;
        Changed.Raise();
    }
}
