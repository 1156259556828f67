using Viper.Contracts;
using Viper.Hypervisor;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    /// <summary>Stops the VM; ends when its VMM is gone.</summary>
    public Task<Vm> StopAsync(TimeSpan grace, string reason) => PostEnd(async () =>
    {
        await StopCoreAsync(grace, reason).ConfigureAwait(false);
        return View();
    });

    /// <summary>Ends the VM in whatever state it is and frees everything it had.</summary>
    public Task<bool> DeleteAsync() => PostEnd(async () =>
    {
        if (_isDeleted)
        {
            throw EngineProblems.NotFound(_record.Name);
        }

        CommitStatus(new VmChange { Status = VmStatus.Deleting }, VmStatus.Deleting, null, eventType: null);
        if (_run is { } run)
        {
            run.AnnounceEnd();
            await run.ReleaseAsync().ConfigureAwait(false);
            _run = null;
        }

        // Where this fails, the VM holds nothing any more but its row and lease, and deleting it again goes on from here.
        new VmFolders(_parts.Settings, _record.Id).DeleteLogs();
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

    private Task<T> PostEnd<T>(Func<Task<T>> work)
    {
        lock (_startGate)
        {
            _pendingEnds++;
            _start?.Cancel();
        }

        bool isPosted = _mailbox.TryPost(
            async () =>
            {
                lock (_startGate)
                {
                    _pendingEnds--;
                }

                return await work().ConfigureAwait(false);
            },
            out Task<T> result);
        return isPosted ? result : Task.FromException<T>(EngineProblems.NotFound(_record.Name));
    }

    private async Task StopCoreAsync(TimeSpan grace, string reason)
    {
        if (_isDeleted)
        {
            throw EngineProblems.NotFound(_record.Name);
        }

        if (_run is { Machine: { } machine } run)
        {
            CommitStatus(new VmChange { Status = VmStatus.Stopping }, VmStatus.Stopping, null, VmEventTypes.Stopping);
            run.AnnounceEnd();
            string how = "at once";
            if (grace > TimeSpan.Zero)
            {
                StopOutcome outcome = await machine.StopAsync(grace).ConfigureAwait(false);
                how = outcome.Stage is StopStage.PowerButton or StopStage.AlreadyGone
                    ? "the guest shut down"
                    : $"the guest did not shut down within {grace.TotalSeconds:0.#} s and was ended";
            }

            await run.ReleaseAsync().ConfigureAwait(false);
            _run = null;
            CommitEnd(VmStatus.Stopped, VmEventTypes.Stopped, new VmReasonData { Reason = $"{reason}: {how}" });
        }
        else if (_record.Status is not (VmStatus.Stopped or VmStatus.Crashed))
        {
            CommitEnd(VmStatus.Stopped, VmEventTypes.Stopped, new VmReasonData { Reason = $"{reason} while starting" });
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
        if (_run != run)
        {
            return false;
        }

        // The event goes out before the clean-up: whoever watches learns of it at once.
        if (exit.Cause == MachineExitCause.GuestPowerOff)
        {
            CommitEnd(VmStatus.Stopped, VmEventTypes.Stopped, new VmReasonData { Reason = "the guest powered itself off", ExitCode = exit.ExitCode });
        }
        else
        {
            string reason = MachineExitText.Of(exit);
            Log.Crashed(_parts.Log, _record.Name, reason);
            CommitEnd(VmStatus.Crashed, VmEventTypes.Crashed, new VmReasonData { Reason = reason, ExitCode = exit.ExitCode, Signal = exit.Signal });
        }

        await run.ReleaseAsync().ConfigureAwait(false);
        _run = null;
        Changed.Raise();
        return true;
    }

    private void CommitEnd(string status, string eventType, VmReasonData data)
    {
        _phase = null;
        _browser = null;
        CommitStatus(
            new VmChange { Status = status, StatusReason = data.Reason, Pid = (int?)null, PidStartTime = (long?)null, BootId = (string?)null },
            status,
            data.Reason,
            eventType,
            _ => ReasonJson(data));
    }
}
