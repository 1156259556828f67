namespace Viper.Orchestration.Tests.Walks;

/// <summary>The clock as one engine has it: its timers die with it.</summary>
internal sealed class MortalClock(TimeProvider clock, EngineLife life) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(
        given =>
        {
            if (!life.IsOver)
            {
                callback(given);
            }
        },
        state,
        dueTime,
        period);
}
