using Viper.Contracts;
using Viper.Orchestration.Internal;
using Viper.State;

namespace Viper.Orchestration;

public sealed partial class VmEngine
{
    /// <inheritdoc/>
    public IReadOnlyList<Operation> ListOperations(string? status, string? vm, string? afterId, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        OperationQuery query = new() { Status = status is null ? null : OperationViews.Parse(status), VmName = vm, AfterId = afterId, Limit = limit };

        // Before the rows are read: whatever ended in between shows its end, not a step of somebody else's start.
        Dictionary<string, string?> steps = [];
        foreach (VmActor actor in _actors.Values)
        {
            if (actor.Operation is { } id)
            {
                steps[id] = actor.Step;
            }
        }

        return [.. Stored(() => _parts.Store.ListOperations(query)).Select(row => OperationViews.Of(row, steps.GetValueOrDefault(row.Id)))];
    }

    /// <inheritdoc/>
    public Operation GetOperation(string id)
    {
        // Before the row is read, as above.
        string? step = null;
        OperationEnd? late = null;
        foreach (VmActor actor in _actors.Values)
        {
            step ??= actor.Operation == id ? actor.Step : null;
            late ??= actor.LateEnd is { } end && end.Id == id ? end : null;
        }

        OperationRecord row = FindOperation(id);
        return OperationViews.Of(late is null || row.Status != OperationStatus.Running ? row : OperationViews.Ended(row, late), step);
    }

    /// <inheritdoc/>
    public string? GetLastOperation(string name) => Find(name).LastOperation;

    /// <inheritdoc/>
    public async Task<Operation> CancelOperationAsync(string id, CancellationToken cancellationToken)
    {
        string name = FindOperation(id).VmName ?? "";
        while (true)
        {
            // Between the commit of a beginning and the moment when its VM's actor knows of it, or is known, there is nobody to tell.
            // Taken before the look, so that a change in between is not missed.
            Task appended = _parts.EventAppended.Next;
            VmActor? actor = _actors.GetValueOrDefault(name);
            Task changed = actor?.Changed.Next ?? appended;
            if (actor is not null && actor.TryCancel(id, out Task<Vm> stopped))
            {
                await stopped.WaitAsync(cancellationToken).ConfigureAwait(false);
                return GetOperation(id);
            }

            OperationRecord now = FindOperation(id);
            if (now.Status != OperationStatus.Running)
            {
                throw EngineProblems.OperationFinished(id, now.Status);
            }

            await Task.WhenAny(appended, changed).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private OperationRecord FindOperation(string id) => Stored(() => _parts.Store.GetOperation(id)) ?? throw EngineProblems.OperationNotFound(id);

    private static T Stored<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (StateException e)
        {
            throw EngineProblems.Storage(e);
        }
    }
}
