namespace Viper.Orchestration.Tests.Walks;

/// <summary>The clock as one engine has it: its timers die with it, so that nobody takes them for those of the next.</summary>
internal sealed class MortalClock(TimeProvider clock, EngineLife life) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ITimer> _timers = [];

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            ITimer timer = clock.CreateTimer(
                given =>
                {
                    if (!life.IsOver)
                    {
                        callback(given);
                    }
                },
                state,
                life.IsOver ? Timeout.InfiniteTimeSpan : dueTime,
                period);
            _timers.Add(timer);
            return timer;
        }
    }

    /// <summary>Ends every timer; to be called once the engine is dead.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _timers.ForEach(static timer => timer.Dispose());
        }
    }
}
