using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Lifecycle;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    /// <summary>Stops the VM; ends when its VMM is gone. Without a grace it also cuts short the grace of a stop that is under way.</summary>
    public Task<Vm> StopAsync(TimeSpan grace, string reason) => PostEnd(cutsGrace: grace <= TimeSpan.Zero, async () =>
    {
        await StopCoreAsync(grace, reason).ConfigureAwait(false);
        return View();
    });

    /// <summary>Ends the VM in whatever state it is and frees everything it had.</summary>
    public Task<bool> DeleteAsync() => PostEnd(cutsGrace: true, async () =>
    {
        VmOutcome outcome = Decide(VmCommand.Delete);
        CommitStatus(new VmChange { Status = outcome.Way[0] }, outcome.Way[0], null, eventType: null, end: EndOf(OperationStatus.Cancelled));
        if (_run is { } run)
        {
            run.AnnounceEnd();
            await run.ReleaseAsync().ConfigureAwait(false);
            _run = null;
        }

        // Where this fails, the VM holds nothing any more but its row and lease, and deleting it again goes on from here.
        new VmFolders(_parts.Settings, _record.Id).DeleteLogs();
        StoreLateEnd();
        _parts.Store.DeleteVm(_record.Id, static vm => EventDraft.About(VmEventTypes.Deleted, vm));
        _isDeleted = true;
        _phase = null;
        _mailbox.Close();
        _parts.EventAppended.Raise();
        Changed.Raise();
        return true;
    });

    /// <summary>Waits until everything posted has run.</summary>
    public Task CloseAsync()
    {
        _mailbox.Close();
        return _mailbox.Completion;
    }

    private Task<T> PostEnd<T>(bool cutsGrace, Func<Task<T>> work) =>
        TryPostEnd(cutsGrace, work, out Task<T> result) ? result : Task.FromException<T>(EngineProblems.NotFound(_record.Name));

    /// <param name="cutsGrace">Whether a stop that is under way is to give its guest no more time.</param>
    /// <param name="work">What is to be done once the start that this cancels, if there is one, is undone.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="operation">The operation without which nothing is cancelled and nothing posted; null where there is no such condition.</param>
    private bool TryPostEnd<T>(bool cutsGrace, Func<Task<T>> work, out Task<T> result, string? operation = null)
    {
        int cut = cutsGrace ? 1 : 0;
        lock (_startGate)
        {
            if (operation is not null && _operation != operation)
            {
                result = Task.FromCanceled<T>(new CancellationToken(canceled: true));
                return false;
            }

            _pendingEnds++;
            _pendingCuts += cut;
            _start?.Cancel();
            _move?.Cancel();
            _restart?.Cancel();
            _restart = null;
            if (cutsGrace)
            {
                _grace?.Cancel();
            }
        }

        return _mailbox.TryPost(
            async () =>
            {
                lock (_startGate)
                {
                    _pendingEnds--;
                    _pendingCuts -= cut;
                }

                return await work().ConfigureAwait(false);
            },
            out result);
    }

    private async Task StopCoreAsync(TimeSpan grace, string reason, string? code = null)
    {
        VmOutcome outcome = Decide(VmCommand.Stop);
        if (outcome.Verdict == VmVerdict.Already)
        {
            if (_isRestartTold)
            {
                _isRestartTold = false;
                Append(VmEventTypes.Stopped, ReasonJson(new VmReasonData { Reason = $"{reason}: it is not restarted" }));
            }

            return;
        }

        if (_run is not { Machine: { } machine } run)
        {
            CommitEnd(outcome.To, VmEventTypes.Stopped, new VmReasonData { Reason = $"{reason} while starting" }, EndOf(OperationStatus.Cancelled));
            return;
        }

        _endCode = code;
        CommitStatus(new VmChange { Status = outcome.Way[0] }, outcome.Way[0], null, VmEventTypes.Stopping);
        run.AnnounceEnd();
        string how = grace > TimeSpan.Zero ? await ShutDownAsync(machine, grace).ConfigureAwait(false) : "at once";
        await run.ReleaseAsync().ConfigureAwait(false);
        _run = null;
        CommitEnd(outcome.To, VmEventTypes.Stopped, new VmReasonData { Reason = $"{reason}: {how}", Code = code });
    }

    /// <summary>Asks the guest to shut down, until the grace is over or somebody wants the VM gone at once; says how it went.</summary>
    private async Task<string> ShutDownAsync(IMachine machine, TimeSpan grace)
    {
        using CancellationTokenSource cut = new();
        lock (_startGate)
        {
            _grace = cut;
            if (_pendingCuts > 0)
            {
                cut.Cancel();
            }
        }

        try
        {
            StopOutcome stopped = await machine.StopAsync(grace, cut.Token).ConfigureAwait(false);
            return stopped.Stage is StopStage.PowerButton or StopStage.AlreadyGone
                ? "the guest shut down"
                : $"the guest did not shut down within {grace.TotalSeconds:0.#} s and was ended";
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            return "the guest was given no more time to shut down, as asked";
        }
        finally
        {
            lock (_startGate)
            {
                _grace = null;
            }
        }
    }

    /// <summary>Notices the end of a VMM that nobody asked to end.</summary>
    private async Task FollowAsync(VmRun run, IMachine machine)
    {
        MachineExit exit = await machine.Exited.ConfigureAwait(false);
        _mailbox.TryPost(() => HandleExitAsync(run, exit), out _);
    }

    private async Task<bool> HandleExitAsync(VmRun run, MachineExit exit)
    {
        bool isOff = exit.Cause == MachineExitCause.GuestPowerOff;
        VmOutcome outcome = Decide(isOff ? VmOccurrence.PoweredOff : VmOccurrence.Died);
        if (_run != run || outcome.Verdict != VmVerdict.Go)
        {
            return false;
        }

        // The event goes out before the clean-up: whoever watches learns of it at once.
        string reason = isOff ? "the guest powered itself off" : MachineExitText.Of(exit);
        if (!isOff)
        {
            Log.Crashed(_parts.Log, _record.Name, reason);
        }

        CommitEnd(
            outcome.To,
            isOff ? VmEventTypes.Stopped : VmEventTypes.Crashed,
            new VmReasonData { Reason = reason, ExitCode = exit.ExitCode, Signal = isOff ? null : exit.Signal });
        await run.ReleaseAsync().ConfigureAwait(false);
        _run = null;
        Changed.Raise();
        RestartByPolicy(reason, isFailure: !isOff);
        return true;
    }

    private void CommitEnd(string status, string eventType, VmReasonData data, OperationEnd? end = null)
    {
        _phase = null;
        _browser = null;
        _runTimers = null;
        EndPause();
        CommitStatus(
            new VmChange { Status = status, StatusReason = data.Reason, Pid = (int?)null, PidStartTime = (long?)null, BootId = (string?)null },
            status,
            data.Reason,
            eventType,
            _ => ReasonJson(data),
            end);
    }
}
