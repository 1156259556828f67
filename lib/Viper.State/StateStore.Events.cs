using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Retention runs once in so many events, so that most appends touch only the end of the log.</summary>
    internal const int TrimEvery = 64;

    /// <summary>So many events at most go with one append, so that none takes long.</summary>
    internal const int TrimBatch = 4096;

    private const string OldestSql = "SELECT min(seq) FROM events";
    private const string LastSql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'";

    private const string SelectEvents =
        "SELECT seq, time, type, vm_id, vm_name, vm_status, data FROM events WHERE seq > $after " +
        "AND ($types IS NULL OR instr($types, char(10) || type || char(10)) > 0) " +
        "AND ($vm IS NULL OR vm_name = $vm) ORDER BY seq LIMIT $limit";

    /// <summary>Gets the number of the newest event ever appended, or 0.</summary>
    public long LastSeq => Read("read the event log", static session => session.Command(LastSql).Number());

    /// <summary>Gets the number of the oldest event that a reader can have: for an empty log, that of the next to come.</summary>
    public long OldestSeq => Read("read the event log", static session => Oldest(session, session.Command(LastSql).Number()));

    /// <summary>Appends an event that goes with no change of a VM.</summary>
    /// <param name="draft">The event.</param>
    public StoredEvent AppendEvent(EventDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return Write("append an event", session => Append(session, draft));
    }

    /// <summary>Reads events in order.</summary>
    /// <param name="afterSeq">The number of the last event seen; 0 reads from the start.</param>
    /// <param name="limit">The greatest number of events to give; at least 1.</param>
    /// <param name="filter">Which ones; all by default.</param>
    public EventPage ReadEvents(long afterSeq, int limit, EventFilter? filter = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSeq);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        string? types = filter is { Types.Count: > 0 } ? $"\n{string.Join('\n', filter.Types)}\n" : null;
        return Read("read the event log", session =>
        {
            List<StoredEvent> events = ReadPage(session.Command(SelectEvents).Set("$after", afterSeq)
                .Set("$types", types).Set("$vm", filter?.VmName).Set("$limit", limit));
            long last = session.Command(LastSql).Number();
            long oldest = Oldest(session, last);
            long next = events.Count == limit ? events[^1].Seq : Math.Max(afterSeq, last);
            return new EventPage(events, oldest, last, next, afterSeq < oldest - 1);
        });
    }

    /// <summary>Removes the events that are too many or too old by the store's options.</summary>
    /// <returns>The number of events removed.</returns>
    /// <remarks>Appending does the same bit by bit; this is for a log to which nothing is appended.</remarks>
    public int TrimEvents() => Write("trim the event log", session => Trim(session, session.Command(LastSql).Number(), int.MaxValue));

    /// <summary>Removes all but the newest events.</summary>
    /// <param name="keep">How many to keep; 0 empties the log without starting its numbers anew.</param>
    /// <returns>The number of events removed.</returns>
    public int TrimEvents(int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        return Write("trim the event log", session => RemoveUpTo(session, session.Command(LastSql).Number() - keep));
    }

    private static long Oldest(Session session, long last) => session.Command(OldestSql).NumberOrNull() ?? last + 1;

    private static int RemoveUpTo(Session session, long seq) =>
        session.Command("DELETE FROM events WHERE seq <= $upto").Set("$upto", seq).Run();

    /// <summary>Retention removes from the old end only, so that the log has no holes; at most so many events at once.</summary>
    private int Trim(Session session, long last, int most)
    {
        long upTo = last - _options.EventsKept;
        if (_options.EventsKeptFor is { } age)
        {
            long? young = session.Command("SELECT seq FROM events WHERE time >= $since ORDER BY seq LIMIT 1")
                .Set("$since", (_steady.Now - age).ToUnixTimeMilliseconds()).NumberOrNull();
            upTo = Math.Max(upTo, young - 1 ?? last);
        }

        return upTo <= 0 ? 0 : RemoveUpTo(session, Math.Min(upTo, Oldest(session, last) - 1 + most));
    }

    private static List<StoredEvent> ReadPage(Statement statement)
    {
        var events = new List<StoredEvent>();
        using Rows row = statement.Query();
        while (row.Read())
        {
            events.Add(new StoredEvent(row.Number(0), row.Time(1), row.Text(2),
                row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5), row.Text(6)));
        }

        return events;
    }

    private StoredEvent Append(Session session, EventDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (string.IsNullOrEmpty(draft.Type) || draft.Type.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("The type of an event must not be empty or contain a line break.", nameof(draft));
        }

        DateTimeOffset now = Now;
        session.Command(
            "INSERT INTO events (time, type, vm_id, vm_name, vm_status, data) VALUES ($time, $type, $vm_id, $vm_name, $vm_status, $data)")
            .Set("$time", now.ToUnixTimeMilliseconds()).Set("$type", draft.Type).Set("$vm_id", draft.VmId)
            .Set("$vm_name", draft.VmName).Set("$vm_status", draft.VmStatus).Set("$data", draft.DataJson).Run();
        long seq = session.LastInsertRowId;
        if (seq % TrimEvery == 0)
        {
            Trim(session, seq, TrimBatch);
            Prune(session, _options.OperationsKeptFor, _options.OperationsKept);
        }

        return new StoredEvent(seq, now, draft.Type, draft.VmId, draft.VmName, draft.VmStatus, draft.DataJson);
    }
}
