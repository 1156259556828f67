namespace Viper.Orchestration.Timers;

/// <summary>How long to wait before another attempt: twice as long each time, up to a bound.</summary>
internal static class Backoff
{
    public static TimeSpan Of(int attempt, TimeSpan first, TimeSpan longest)
    {
        // Beyond 30 doublings every first is longer than every bound that makes sense.
        TimeSpan delay = first * Math.Pow(2, Math.Clamp(attempt - 1, 0, 30));
        return delay < longest ? delay : longest;
    }
}
