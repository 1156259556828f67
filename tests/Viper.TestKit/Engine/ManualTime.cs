using System.Threading.Channels;

namespace Viper.TestKit.Engine;

/// <summary>A clock whose timers fire only when a test says so.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Channel<ManualTimer> _timers = Channel.CreateUnbounded<ManualTimer>();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(callback, state, dueTime);
        _timers.Writer.TryWrite(timer);
        return timer;
    }

    /// <summary>Waits for the next timer that is still wanted, fires it and returns how long it would have taken.</summary>
    public async Task<TimeSpan> FireNextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ManualTimer timer = await _timers.Reader.ReadAsync(cancellationToken);
            if (timer.TryFire())
            {
                return timer.DueTime;
            }
        }
    }

    /// <summary>Waits for the next timer of a length that is still wanted and fires it; timers of other lengths stay.</summary>
    public async Task FireNextAsync(TimeSpan dueTime, CancellationToken cancellationToken)
    {
        List<ManualTimer> others = [];
        while (true)
        {
            ManualTimer timer = await _timers.Reader.ReadAsync(cancellationToken);
            if (timer.DueTime != dueTime)
            {
                others.Add(timer);
            }
            else if (timer.TryFire())
            {
                others.ForEach(other => _timers.Writer.TryWrite(other));
                return;
            }
        }
    }

    private sealed class ManualTimer(TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
    {
        private int _isOver;

        internal TimeSpan DueTime { get; } = dueTime;

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => Interlocked.Exchange(ref _isOver, 1);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal bool TryFire()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 1)
            {
                return false;
            }

            callback(state);
            return true;
        }
    }
}
