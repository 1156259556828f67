namespace Viper.State.Internal;

/// <summary>Times as the database keeps them: UTC, whole milliseconds.</summary>
internal static class Times
{
    internal static DateTimeOffset Whole(DateTimeOffset time) => FromNumber(time.ToUnixTimeMilliseconds());

    internal static DateTimeOffset? Whole(DateTimeOffset? time) => time is { } t ? Whole(t) : null;

    internal static DateTimeOffset FromNumber(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
