namespace Viper.State;

/// <summary>How a store behaves.</summary>
public sealed record StateStoreOptions
{
    /// <summary>Gets the clock; the system's by default.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how long to wait for another process that holds the lock; 5 seconds by default, at most an hour.</summary>
    /// <remarks>Waits under a second are rounded up to about one.</remarks>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how many events to keep at least; 100,000 by default, at least 1.</summary>
    /// <remarks>Older ones are removed in batches of 64 while new ones are appended.</remarks>
    public int EventsKept { get; init; } = 100_000;
}
