using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Timers;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>Takes over the VMs of a daemon that did not get to shut down, and ends and removes all else that it left: VMMs, taps, folders, half-made and half-deleted VMs.</summary>
/// <remarks>What a VM left is told by what becomes of the VM; what no VM has, by an event of its own.</remarks>
internal sealed class Recovery(EngineParts parts)
{
    private const int PageSize = 1000;

    public const string Reason = "the daemon ended without stopping it";

    public async Task<RecoveredVms> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<VmRecord> records = parts.Store.ListVms(new VmQuery { Limit = int.MaxValue });
        IReadOnlyDictionary<string, AdoptedVm> adopted = await new Adoption(parts).RunAsync(records, cancellationToken).ConfigureAwait(false);
        VmRecord[] rest = [.. records.Where(record => !adopted.ContainsKey(record.Id))];
        HashSet<string> ids = [.. records.Select(static r => r.Id)];
        foreach (VmRecord record in rest)
        {
            await EndProcessAsync(record, cancellationToken).ConfigureAwait(false);
        }

        // A VMM whose row was never written is known by the run folder on its command line.
        HashSet<int> living = [.. adopted.Values.Select(static vm => vm.Machine.Identity.Pid)];
        foreach ((ProcessIdentity stray, string folder) in StrayVmms.Find(parts.Settings).Where(stray => !living.Contains(stray.Process.Pid)))
        {
            await EndAsync(stray, ids.Contains(folder), cancellationToken).ConfigureAwait(false);
        }

        await RemoveNetworkAsync(records).ConfigureAwait(false);
        foreach (string folder in MachineRemains.ListControlGroups(VmFolders.RunRoot(parts.Settings)).Where(folder => !adopted.ContainsKey(Path.GetFileName(folder))))
        {
            await MachineRemains.RemoveControlGroupAsync(folder).ConfigureAwait(false);
            TellRemoved($"control group of {Path.GetFileName(folder)}", ids.Contains(Path.GetFileName(folder)));
        }

        RemoveFolders(VmFolders.RunRoot(parts.Settings), "folder", adopted.ContainsKey, ids);
        HashSet<string> known = [.. records.Where(static r => r.Status != VmStatus.Deleting).Select(static r => r.Id)];
        RemoveFolders(VmFolders.LogRoot(parts.Settings), "log folder", known.Contains, ids);
        HashSet<string> lost = [.. rest.Where(Settle).Select(static record => record.Id)];
        Problem ended = Problem.Create(500, ProblemCodes.DaemonEnded, "The daemon ended before the VM was ready; look at the VM for what became of it.");
        parts.Store.FailRunningOperations(OperationViews.Error(ended));
        return new RecoveredVms(adopted, lost);
    }

    private async Task EndProcessAsync(VmRecord record, CancellationToken cancellationToken)
    {
        if (record is { Pid: { } pid, PidStartTime: { } started, BootId: { } boot })
        {
            await EndAsync(new ProcessIdentity(pid, started, boot), isOwned: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(ProcessIdentity process, bool isOwned, CancellationToken cancellationToken)
    {
        try
        {
            if (process.KillIfSame())
            {
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                TellRemoved($"VMM process {process.Pid}", isOwned);
            }
        }
        catch (HypervisorException e)
        {
            Log.LeftoverStays(parts.Log, $"VMM process {process.Pid}", e);
        }
    }

    private async Task RemoveNetworkAsync(IReadOnlyList<VmRecord> records)
    {
        HashSet<string> owned = [.. records.SelectMany(static r => (string[])[$"tap {VmActor.TapOf(r.Id)}", $"neighbour {r.IpAddress}"])];
        foreach (string what in await parts.Network.RemoveLeftoversAsync().ConfigureAwait(false))
        {
            TellRemoved(what, owned.Contains(what));
        }
    }

    private void RemoveFolders(string root, string what, Func<string, bool> isKept, HashSet<string> ids)
    {
        foreach (string folder in Directory.GetDirectories(root))
        {
            if (!isKept(Path.GetFileName(folder)))
            {
                Directory.Delete(folder, recursive: true);
                TellRemoved($"{what} {Path.GetFileName(folder)}", ids.Contains(Path.GetFileName(folder)));
            }
        }
    }

    private void TellRemoved(string what, bool isOwned)
    {
        Log.LeftoverRemoved(parts.Log, what);
        if (!isOwned)
        {
            HostEvents.Tell(parts, VmEventTypes.LeftoverRemoved, what);
        }
    }

    /// <summary>Whether the earlier daemon ended between a crash and the run that the policy wanted after it.</summary>
    private bool WasToRestart(VmRecord record)
    {
        VmTimers timers = VmTimers.Of(VmActor.SpecOf(record));
        if (record.Status == VmStatus.Crashed ? timers.RestartOnFailure : timers.RestartOnPowerOff)
        {
            EventFilter own = new() { VmName = record.Name };
            string? last = null;
            EventPage page;
            long after = 0;
            do
            {
                page = parts.Store.ReadEvents(after, PageSize, own);
                last = page.Events.Count > 0 ? page.Events[^1].Type : last;
                after = page.NextAfterSeq;
            }
            while (after < page.LastSeq);

            return last == VmEventTypes.Restarting;
        }

        return false;
    }

    /// <summary>Brings a row to rest; true where it says now that the VM crashed, or where another run was to follow its crash.</summary>
    private bool Settle(VmRecord record)
    {
        switch (record.Status)
        {
            case VmStatus.Deleting:
                parts.Store.DeleteVm(record.Id, static vm => EventDraft.About(VmEventTypes.Deleted, vm));
                return false;
            case VmStatus.Stopped or VmStatus.Crashed:
                return WasToRestart(record);
            case VmStatus.Stopping:
                // Its VMM is gone, which is what was asked for.
                Finish(record, VmStatus.Stopped, VmEventTypes.Stopped, "the daemon ended while it stopped it");
                return false;
            default:
                Finish(record, VmStatus.Crashed, VmEventTypes.Crashed, Reason);
                return true;
        }
    }

    private void Finish(VmRecord record, string status, string eventType, string reason)
    {
        VmChange change = new()
        {
            Status = status,
            StatusReason = reason,
            Pid = (int?)null,
            PidStartTime = (long?)null,
            BootId = (string?)null,
        };
        string data = System.Text.Json.JsonSerializer.Serialize(new VmReasonData { Reason = reason }, ViperJson.Default.VmReasonData);
        parts.Store.UpdateVm(record.Id, change, vm => EventDraft.About(eventType, vm, data));
    }
}
