namespace Viper.State;

/// <summary>What one read of the event log gave, all of one moment.</summary>
/// <param name="Events">The events, oldest first.</param>
/// <param name="OldestSeq">The number of the oldest event that a reader can have: for an empty log, that of the next to come.</param>
/// <param name="LastSeq">The number of the newest event ever appended, or 0.</param>
/// <param name="NextAfterSeq">What to read after next time: everything up to it is either in the page or filtered out.</param>
/// <param name="Truncated">True if events that the reader has not seen were removed by retention: it fell behind, and the page begins at <paramref name="OldestSeq"/>.</param>
public sealed record EventPage(
    IReadOnlyList<StoredEvent> Events, long OldestSeq, long LastSeq, long NextAfterSeq, bool Truncated);
