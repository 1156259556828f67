using System.Net;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>Deletes taps in groups, with what the kernel remembers of their VMs' connections: those that are asked for while one group goes make the next.</summary>
internal sealed class TapRemovals(RouteSocket route, ConnectionTable? connections)
{
    private readonly Lock _gate = new();

    // Touched by the one worker only: what could not be forgotten goes with the next group.
    private readonly HashSet<IPAddress> _unforgotten = [];
    private List<Removal> _waiting = [];
    private bool _isWorking;

    /// <summary>Ends when the link is gone and the connections are forgotten; false when there was no link.</summary>
    /// <param name="index">The link; null where it is gone already.</param>
    /// <param name="group">The group in which it goes.</param>
    /// <param name="addresses">Those of its VM, which can begin no connection any more.</param>
    internal Task<bool> RemoveAsync(int? index, uint group, IReadOnlyList<IPAddress> addresses)
    {
        Removal removal = new(index, group, addresses, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiting.Add(removal);
            if (!_isWorking)
            {
                _isWorking = true;
                _ = Task.Run(Work);
            }
        }

        return removal.Done.Task;
    }

    private void Work()
    {
        while (true)
        {
            List<Removal> batch;
            lock (_gate)
            {
                batch = _waiting;
                _waiting = [];
                if (batch.Count == 0)
                {
                    _isWorking = false;
                    return;
                }
            }

            foreach (var together in batch.GroupBy(static item => item.Group))
            {
                Delete(together.Key, [.. together]);
            }
        }
    }

    private void Delete(uint group, List<Removal> removals)
    {
        try
        {
            List<(TaskCompletionSource<bool> Done, bool Existed)> results = [];
            foreach (Removal removal in removals)
            {
                results.Add((removal.Done, removal.Index is { } index && TryJoin(index, group)));
            }

            if (results.Exists(static result => result.Existed))
            {
                route.DeleteGroup(group);
            }

            // Before anybody hears of it: the address may be another VM's a moment later.
            Forget(removals.SelectMany(static removal => removal.Addresses));
            results.ForEach(static result => result.Done.TrySetResult(result.Existed));
        }
#pragma warning disable CA1031 // Whatever it is, those who wait must learn of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            removals.ForEach(removal => removal.Done.TrySetException(e));
        }
    }

    private void Forget(IEnumerable<IPAddress> addresses)
    {
        if (connections is null)
        {
            return;
        }

        _unforgotten.UnionWith(addresses);
        try
        {
            connections.Delete(_unforgotten);
            _unforgotten.Clear();
        }
        catch (NetException)
        {
            // The VM is gone all the same; the next group tries again.
        }
    }

    private bool TryJoin(int index, uint group)
    {
        try
        {
            route.SetGroup(index, group);
            return true;
        }
        catch (NetlinkException e) when (e.IsAbsent)
        {
            return false;
        }
    }

    private sealed record Removal(int? Index, uint Group, IReadOnlyList<IPAddress> Addresses, TaskCompletionSource<bool> Done);
}
