namespace Viper.State;

/// <summary>How a store behaves.</summary>
public sealed record StateStoreOptions
{
    /// <summary>Gets the clock; the system's by default.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how long to wait for another process that holds the lock; 5 seconds by default, at most an hour.</summary>
    /// <remarks>Opening a database waits for about a second at least.</remarks>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how many events to keep; 100,000 by default, at least 1.</summary>
    /// <remarks>Older ones are removed in batches of 64 while new ones are appended.</remarks>
    public int EventsKept { get; init; } = 100_000;

    /// <summary>Gets for how long to keep events; 30 days by default, null for ever, otherwise more than zero.</summary>
    /// <remarks>
    /// Removed with the same batches, and by <see cref="StateStore.TrimEvents()"/>. Time goes by the monotonic clock from when
    /// the store was opened: a clock that is set ahead removes nothing.
    /// </remarks>
    public TimeSpan? EventsKeptFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Gets for how long to keep long requests that ended; 24 hours by default, zero or more.</summary>
    /// <remarks>Older ones are removed with the batches of events, but for the last <see cref="OperationsKept"/>.</remarks>
    public TimeSpan OperationsKeptFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Gets how many of the long requests that ended last to keep whatever their age; 1,000 by default, zero or more.</summary>
    public int OperationsKept { get; init; } = 1000;

    /// <summary>Gets how long an address rests between two VMs; 5 seconds by default, zero for not at all, at most a day.</summary>
    /// <remarks>
    /// What others remember of the earlier holder (connections, names, neighbour tables) is gone by then. Measured by the
    /// monotonic clock; across a restart by the clock of the day, but never for longer than once more this time.
    /// </remarks>
    public TimeSpan Quarantine { get; init; } = TimeSpan.FromSeconds(5);
}
