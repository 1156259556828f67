namespace Viper.Orchestration.Tests.StandIns;

/// <summary>A clock that stands still until a test moves it, and whose time on the wall can jump without it.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<VirtualTimer> _timers = [];
    private readonly DateTimeOffset _epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TaskCompletionSource _added = NewSignal();
    private TimeSpan _now;
    private TimeSpan _jump;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return 1 + _now.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _epoch + _now + _jump;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the wall clock forward or back.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_lock)
        {
            _jump += by;
        }
    }

    /// <summary>Waits until somebody waits for just so long.</summary>
    public async Task AwaitedAsync(TimeSpan left)
    {
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (_timers.Any(t => t.Due == _now + left))
                {
                    return;
                }

                added = _added.Task;
            }

            await added.WaitAsync(EngineFixture.Patience);
        }
    }

    /// <summary>Waits until somebody waits for just so long, and lets that time pass.</summary>
    public async Task PassAsync(TimeSpan left)
    {
        await AwaitedAsync(left);
        Advance(left);
    }

    /// <summary>Lets time pass, and fires the timers that come due, in their order.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end;
        lock (_lock)
        {
            end = _now + by;
        }

        while (true)
        {
            VirtualTimer? next;
            lock (_lock)
            {
                next = _timers.Where(t => t.Due <= end).MinBy(static t => t.Due);
                _now = next?.Due ?? end;
                if (next is null)
                {
                    return;
                }

                _timers.Remove(next);
            }

            next.Fire();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                    clock._added.TrySetResult();
                    clock._added = NewSignal();
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
