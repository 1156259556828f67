using Viper.Contracts;

namespace Viper.Orchestration.Timers;

/// <summary>The two times that end a run, and the warnings before. Looks at nothing but the clock's timestamps: a wall clock that jumps changes nothing.</summary>
internal sealed class RunTimers
{
    // A timer may fire a moment before its time by the other clock of the same host.
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly VmTimers _timers;
    private readonly VmActivity _activity;
    private readonly TimeSpan _warning;
    private readonly long _begun;

    /// <summary>Begins both times.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="timers">How long they are.</param>
    /// <param name="activity">When the VM was used.</param>
    /// <param name="warning">How long before the end to warn; half of the time where that is less.</param>
    /// <param name="age">How long the run lasts already, for one that an earlier daemon began.</param>
    public RunTimers(TimeProvider time, VmTimers timers, VmActivity activity, TimeSpan warning, TimeSpan age = default)
    {
        _time = time;
        _timers = timers;
        _activity = activity;
        _warning = warning;
        _begun = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>What is left until the VM has not been used for too long; null where that does not end it.</summary>
    public TimeSpan? IdleLeft => _timers.IdleTimeout > TimeSpan.Zero ? _timers.IdleTimeout - _activity.IdleTime : null;

    /// <summary>What is left of the run's time; null where that does not end it.</summary>
    public TimeSpan? LifeLeft => _timers.MaxLifetime > TimeSpan.Zero ? _timers.MaxLifetime - _time.GetElapsedTime(_begun) : null;

    /// <summary>Whether a time is over: <see cref="EndCodes.IdleTimeout"/> or <see cref="EndCodes.MaxLifetime"/>; null where none is.</summary>
    public string? Due => LifeLeft <= TimeSpan.Zero ? EndCodes.MaxLifetime : IdleLeft <= TimeSpan.Zero ? EndCodes.IdleTimeout : null;

    /// <summary>Follows both times until the token ends.</summary>
    /// <param name="warn">Told the type of event and what is left.</param>
    /// <param name="end">Told that a time is over; looks again, for the VM may have been used in that moment.</param>
    /// <param name="over">Ends it.</param>
    public async Task RunAsync(Action<string, TimeSpan> warn, Func<Task> end, CancellationToken over)
    {
        bool isIdleWarned = false;
        bool isLifeWarned = false;
        while (!over.IsCancellationRequested)
        {
            if (Due is not null)
            {
                await end().ConfigureAwait(false);
            }

            TimeSpan idle = Step(IdleLeft, _timers.IdleTimeout, VmEventTypes.IdleWarning, warn, ref isIdleWarned);
            TimeSpan life = Step(LifeLeft, _timers.MaxLifetime, VmEventTypes.LifetimeWarning, warn, ref isLifeWarned);
            TimeSpan next = idle < life ? idle : life;
            await Task.Delay(next > s_least ? next : s_least, _time, over).ConfigureAwait(false);
        }
    }

    /// <summary>Warns if it is time to; returns how long nothing is to be done about this time.</summary>
    private TimeSpan Step(TimeSpan? left, TimeSpan whole, string eventType, Action<string, TimeSpan> warn, ref bool isWarned)
    {
        if (left is not { } remaining)
        {
            return TimeSpan.MaxValue;
        }

        TimeSpan before = _warning < whole / 2 ? _warning : whole / 2;
        if (remaining > before)
        {
            // Used since: the next warning is for the next end.
            isWarned = false;
            return remaining - before;
        }

        if (!isWarned)
        {
            isWarned = true;
            warn(eventType, remaining);
        }

        return remaining;
    }
}
