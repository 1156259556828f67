using System.Diagnostics;

namespace Viper.Agent.Actions;

/// <summary>The time that one action has, from its beginning.</summary>
internal readonly struct ActionDeadline
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _timeout;
    private readonly long _started = Stopwatch.GetTimestamp();

    internal ActionDeadline(int timeoutMs) => _timeout = TimeSpan.FromMilliseconds(timeoutMs);

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    /// <summary>Gets what is left, at least a millisecond, so that a step always ends by its own deadline.</summary>
    internal TimeSpan Left => _timeout - Elapsed is var left && left > s_least ? left : s_least;
}
