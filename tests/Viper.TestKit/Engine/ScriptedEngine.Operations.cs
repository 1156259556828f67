using System.Text.Json;
using Viper.Contracts;

namespace Viper.TestKit.Engine;

// Every start is an operation, as it is in the real engine.
public sealed partial class ScriptedEngine
{
    private readonly SortedDictionary<string, Operation> _operations = new(StringComparer.Ordinal);
    private int _nextOperation;

    /// <inheritdoc/>
    public IReadOnlyList<Operation> ListOperations(string? status, string? vm, string? afterId, int limit)
    {
        lock (_lock)
        {
            return
            [
                .. _operations.Values
                    .Where(o => afterId is null || string.CompareOrdinal(o.Id, afterId) > 0)
                    .Where(o => status is null || o.Status == status)
                    .Where(o => vm is null || o.Resource == VmUrls.PathOf(vm))
                    .Take(limit),
            ];
        }
    }

    /// <inheritdoc/>
    public Operation GetOperation(string id)
    {
        lock (_lock)
        {
            return _operations.TryGetValue(id, out Operation? operation) ? operation : throw Refused(404, ProblemCodes.OperationNotFound, $"No operation '{id}'.");
        }
    }

    /// <inheritdoc/>
    public string? GetLastOperation(string name)
    {
        lock (_lock)
        {
            return Find(name).Operation;
        }
    }

    /// <inheritdoc/>
    public async Task<Operation> CancelOperationAsync(string id, CancellationToken cancellationToken)
    {
        Operation operation = GetOperation(id);
        if (operation.Status != OperationStatuses.Running)
        {
            throw Refused(409, ProblemCodes.OperationFinished, $"Operation '{id}' has ended already.");
        }

        await StopAsync(operation.Resource!.Split('/')[^1], force: true, cancellationToken);
        return GetOperation(id);
    }

    private void BeginOperation(ScriptedVm vm, string kind)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string id = $"op_{++_nextOperation:D26}";
        vm.Operation = id;
        _operations[id] = new Operation
        {
            Id = id,
            Kind = kind,
            Status = OperationStatuses.Running,
            Progress = new OperationProgress(VmPhase.Boot),
            Resource = VmUrls.PathOf(vm.Now.Name),
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private void EndOperation(ScriptedVm vm, string status, Problem? error = null)
    {
        if (vm.Operation is not { } id || _operations[id] is not { Status: OperationStatuses.Running } running)
        {
            return;
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        using JsonDocument result = JsonDocument.Parse($$"""{"vm":"{{vm.Now.Name}}"}""");
        _operations[id] = running with
        {
            Status = status,
            Progress = new OperationProgress(vm.Now.Phase ?? running.Progress.Step),
            Result = status == OperationStatuses.Succeeded ? result.RootElement.Clone() : null,
            Error = error,
            UpdatedAt = now,
            FinishedAt = now,
        };
    }
}
