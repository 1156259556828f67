using Viper.Contracts;
using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>Looks now and then for what no VM has: processes, taps, control groups, run folders. What it finds twice it removes, and tells so by an event.</summary>
/// <remarks>
/// Twice, because a VM that is coming up or going has for a moment what its actor does not know of yet, or any more. Not
/// thread-safe: one look at a time.
/// </remarks>
internal sealed class Reconciler(EngineParts parts, Func<IReadOnlySet<string>> running)
{
    private HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Looks once; gives what was removed.</summary>
    /// <remarks>What cannot be looked at or removed is logged, and tried again with the next look.</remarks>
    public async Task<IReadOnlyList<string>> LookAsync()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<string> removed = [];
        foreach (Leftover left in Find())
        {
            if (!_seen.Contains(left.What))
            {
                seen.Add(left.What);
            }
            else if (await TryRemoveAsync(left).ConfigureAwait(false))
            {
                removed.Add(left.What);
            }
            else
            {
                seen.Add(left.What);
            }
        }

        _seen = seen;
        return removed;
    }

    private List<Leftover> Find()
    {
        List<Leftover> found = [];
        TryFind(found, FindProcesses);
        TryFind(found, FindTaps);
        TryFind(found, FindControlGroups);
        TryFind(found, FindFolders);
        return found;
    }

    // Folders and processes are listed before anybody is asked whether a VM has them: a run exists before what it makes.
    private IEnumerable<Leftover> FindProcesses()
    {
        (ProcessIdentity Process, string RunFolder)[] processes = [.. StrayVmms.Find(parts.Settings)];
        IReadOnlySet<string> ids = running();
        return processes.Where(found => !ids.Contains(found.RunFolder)).Select(stray => new Leftover(
            $"VMM process {stray.Process.Pid}",
            async () =>
            {
                if (stray.Process.KillIfSame())
                {
                    await stray.Process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }));
    }

    private IEnumerable<Leftover> FindTaps() =>
        parts.Network.ListStrays().Select(tap => new Leftover($"tap {tap}", () => parts.Network.DetachAsync(tap)));

    private IEnumerable<Leftover> FindControlGroups()
    {
        IReadOnlyList<string> folders = MachineRemains.ListControlGroups(VmFolders.RunRoot(parts.Settings));
        IReadOnlySet<string> ids = running();
        return folders.Where(folder => !ids.Contains(Path.GetFileName(folder))).Select(static folder => new Leftover(
            $"control group of {Path.GetFileName(folder)}", () => MachineRemains.RemoveControlGroupAsync(folder)));
    }

    private IEnumerable<Leftover> FindFolders()
    {
        string[] folders = Directory.GetDirectories(VmFolders.RunRoot(parts.Settings));
        IReadOnlySet<string> ids = running();
        return folders.Where(folder => !ids.Contains(Path.GetFileName(folder))).Select(folder => new Leftover(
            $"folder {Path.GetFileName(folder)}",
            () =>
            {
                Directory.Delete(folder, recursive: true);
                return Task.CompletedTask;
            }));
    }

    private void TryFind(List<Leftover> found, Func<IEnumerable<Leftover>> look)
    {
        try
        {
            found.AddRange(look());
        }
#pragma warning disable CA1031 // What cannot be looked at now is looked at later.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.NotReconciled(parts.Log, e);
        }
    }

    private async Task<bool> TryRemoveAsync(Leftover left)
    {
        try
        {
            await left.RemoveAsync().ConfigureAwait(false);
            Log.LeftoverRemoved(parts.Log, left.What);
            HostEvents.Tell(parts, VmEventTypes.LeftoverRemoved, left.What);
            return true;
        }
#pragma warning disable CA1031 // One thing that cannot be removed must not keep the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.LeftoverStays(parts.Log, left.What, e);
            return false;
        }
    }
}
