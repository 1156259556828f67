using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Notes that a long request begins.</summary>
    /// <param name="operation">What begins.</param>
    /// <returns>Its row, with its id.</returns>
    /// <exception cref="ArgumentException">The kind is empty.</exception>
    public OperationRecord BeginOperation(NewOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Check(operation);
        return Write("begin an operation", session => Begin(session, operation));
    }

    /// <summary>Notes how far a running request is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="progressJson">How far it is, as JSON.</param>
    /// <param name="vmId">The id of the VM that it is about, where it is known by now; null leaves it as it is.</param>
    public OperationResult ReportOperation(string id, string progressJson, string? vmId = null)
    {
        ArgumentNullException.ThrowIfNull(progressJson);
        return ChangeRunning("report on an operation", id, running => running with { ProgressJson = progressJson, VmId = vmId ?? running.VmId });
    }

    /// <summary>Notes how a running request ended; the first end stands.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="resultJson">What came of it, as JSON.</param>
    /// <param name="errorJson">Why it failed or was cancelled, as JSON.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is no end.</exception>
    public OperationResult FinishOperation(string id, OperationStatus status, string? resultJson = null, string? errorJson = null)
    {
        Check(status);
        return ChangeRunning("finish an operation", id, running =>
            running with { Status = status, ResultJson = resultJson, ErrorJson = errorJson, FinishedAt = Now });
    }

    /// <summary>Marks every running request as failed: what the daemon does when it starts, for nobody goes on with them.</summary>
    /// <param name="errorJson">Why, as JSON.</param>
    /// <returns>Those that were running, as they are now, by id.</returns>
    public IReadOnlyList<OperationRecord> FailRunningOperations(string errorJson)
    {
        ArgumentNullException.ThrowIfNull(errorJson);
        return Write("fail the running operations", session =>
        {
            List<OperationRecord> running = Select(session, new OperationQuery { Status = OperationStatus.Running });
            DateTimeOffset now = Now;
            List<OperationRecord> failed =
                [.. running.Select(o => o with { Status = OperationStatus.Failed, ErrorJson = errorJson, UpdatedAt = now, FinishedAt = now })];
            failed.ForEach(o => OperationRows.Update(session, o));
            return failed;
        });
    }

    /// <summary>Gets the long request of an id, or null.</summary>
    /// <param name="id">The id.</param>
    public OperationRecord? GetOperation(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Read("read an operation", session => OperationById(session, id));
    }

    /// <summary>Lists long requests by id, which is by time of creation.</summary>
    /// <param name="query">Which ones; all by default.</param>
    public IReadOnlyList<OperationRecord> ListOperations(OperationQuery? query = null)
    {
        query ??= new OperationQuery();
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        return Read("list the operations", session => Select(session, query));
    }

    /// <summary>Removes requests that ended long ago; running ones stay.</summary>
    /// <param name="olderThan">For how long they must have ended; zero or more.</param>
    /// <param name="keep">How many of those that ended last stay in any case.</param>
    /// <returns>The number of rows removed.</returns>
    /// <remarks>Appending events does the same by the store's options; this is for other bounds.</remarks>
    public int PruneOperations(TimeSpan olderThan, int keep = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(olderThan, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        return Write("prune the operations", session => Prune(session, olderThan, keep));
    }

    private static void Check(NewOperation? operation)
    {
        if (operation is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(operation.Kind, nameof(operation));
            ArgumentNullException.ThrowIfNull(operation.ProgressJson, nameof(operation));
        }
    }

    private static void Check(OperationEnd? end)
    {
        if (end is not null)
        {
            ArgumentNullException.ThrowIfNull(end.Id, nameof(end));
            Check(end.Status);
        }
    }

    private static void Check(OperationStatus status)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)status, (int)OperationStatus.Running, nameof(status));
        OperationRows.Spell(status);
    }

    private OperationRecord? Begin(Session session, NewOperation? operation, VmRecord vm) =>
        operation is null ? null : Begin(session, operation with { VmId = vm.Id, VmName = vm.Name });

    private OperationRecord Begin(Session session, NewOperation operation)
    {
        DateTimeOffset now = Now;
        var begun = new OperationRecord
        {
            Id = _ids.Next("op_"),
            Kind = operation.Kind,
            VmId = operation.VmId,
            VmName = operation.VmName,
            Status = OperationStatus.Running,
            ProgressJson = operation.ProgressJson,
            CreatedAt = now,
            UpdatedAt = now,
        };
        OperationRows.Insert(session, begun);
        return begun;
    }

    // Where none is old enough, SQLite does not look for those that stay.
    private int Prune(Session session, TimeSpan olderThan, int keep) => session.Command(
        "DELETE FROM operations WHERE finished_at <= $before AND id NOT IN " +
        "(SELECT id FROM operations WHERE finished_at IS NOT NULL ORDER BY finished_at DESC, id DESC LIMIT $keep)")
        .Set("$before", (_steady.Now - olderThan).ToUnixTimeMilliseconds()).Set("$keep", keep).Run();

    private static OperationRecord? OperationById(Session session, string id) =>
        OperationRows.ReadMany(session.Command(OperationRows.SelectById).Set("$id", id)).SingleOrDefault();

    private static List<OperationRecord> Select(Session session, OperationQuery query) =>
        OperationRows.ReadMany(session.Command(OperationRows.SelectMany)
            .Set("$after", query.AfterId ?? "").Set("$status", query.Status is { } status ? OperationRows.Spell(status) : null)
            .Set("$vm", query.VmName).Set("$limit", query.Limit));

    private OperationResult ChangeRunning(string what, string id, Func<OperationRecord, OperationRecord> change)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Write<OperationResult>(what, session =>
        {
            if (OperationById(session, id) is not { } current)
            {
                return new OperationResult.NotFound();
            }

            if (current.Status != OperationStatus.Running)
            {
                return new OperationResult.AlreadyFinished(current);
            }

            OperationRecord changed = change(current) with { UpdatedAt = Now };
            OperationRows.Update(session, changed);
            return new OperationResult.Updated(changed);
        });
    }
}
