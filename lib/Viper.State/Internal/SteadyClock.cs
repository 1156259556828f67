namespace Viper.State.Internal;

/// <summary>The time of day as of when this was made, carried on by the monotonic clock: somebody who sets the clock moves nothing.</summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _begin = time.GetUtcNow();
    private readonly long _timestamp = time.GetTimestamp();

    internal DateTimeOffset Now => Times.Whole(_begin + time.GetElapsedTime(_timestamp));
}
