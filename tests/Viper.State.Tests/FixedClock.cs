namespace Viper.State.Tests;

/// <summary>A clock that stands still until it is moved: with <see cref="Now"/> as somebody sets it, with <see cref="Advance"/> as time goes by.</summary>
internal sealed class FixedClock : TimeProvider
{
    private TimeSpan _elapsed;

    internal DateTimeOffset Now { get; set; } = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    internal void Advance(TimeSpan time)
    {
        Now += time;
        _elapsed += time;
    }

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => _elapsed.Ticks;
}
