using Viper.Contracts;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    private volatile string? _operation;
    private volatile string? _lastOperation;
    private volatile string? _cutAt;
    private volatile OperationEnd? _lateEnd;

    /// <summary>The id of the operation that the present start is; null where no caller waits for a start.</summary>
    public string? Operation => _operation;

    /// <summary>The id of the operation that last began a run; null where none has since the daemon was started.</summary>
    public string? LastOperation => _lastOperation;

    /// <summary>How an operation ended, while that cannot be stored; otherwise null.</summary>
    public OperationEnd? LateEnd => _lateEnd;

    /// <summary>How far the start of <see cref="Operation"/> is, or was when it was cancelled; null before its first step.</summary>
    public string? Step => _phase ?? _cutAt;

    /// <summary>Cancels a start, which leaves the VM stopped; false where the present start is not that operation.</summary>
    /// <remarks>The task throws <c>operation_finished</c> where the start came to an end by itself before it could be cancelled.</remarks>
    public bool TryCancel(string operation, out Task<Vm> stopped)
    {
        if (_lateEnd is { } end && end.Id == operation)
        {
            throw EngineProblems.OperationFinished(operation, end.Status);
        }

        return TryPostEnd(
            cutsGrace: true,
            async () =>
            {
                if (_operation != operation)
                {
                    throw EngineProblems.OperationFinished(operation);
                }

                await StopCoreAsync(TimeSpan.Zero, "cancelled as asked").ConfigureAwait(false);
                return View();
            },
            out stopped,
            operation);
    }

    /// <summary>Tries again to store an end that could not be stored when it came.</summary>
    public void RetryLateEnd()
    {
        if (_lateEnd is not null)
        {
            _ = _mailbox.TryPost(
                () =>
                {
                    try
                    {
                        StoreLateEnd();
                    }
                    catch (StateException e)
                    {
                        Log.OperationNotStored(_parts.Log, _record.Name, e);
                    }

                    return Task.FromResult(true);
                },
                out _);
        }
    }

    private void StoreLateEnd()
    {
        if (_lateEnd is { } end)
        {
            _parts.Store.FinishOperation(end.Id, end.Status, end.ResultJson, end.ErrorJson);
            _lateEnd = null;
        }
    }

    private void BeganOperation(string? id)
    {
        _operation = id;
        _lastOperation = id ?? _lastOperation;
        _cutAt = null;
    }

    /// <summary>The end of the operation that the present start is; null where it is none.</summary>
    private OperationEnd? EndOf(OperationStatus status, Problem? error = null) => _operation is not { } id ? null : new OperationEnd(id, status)
    {
        ProgressJson = Step is { } step ? OperationViews.Progress(step) : null,
        ResultJson = status == OperationStatus.Succeeded ? $$"""{"vm":"{{_record.Name}}"}""" : null,
        ErrorJson = error is null ? null : OperationViews.Error(error),
    };

    private static NewOperation? Beginning(string? kind) => kind is null ? null : new NewOperation(kind) { ProgressJson = OperationViews.Progress(VmPhase.Network) };
}
