using Viper.Contracts;

namespace Viper.Orchestration.Internal;

/// <summary>The steps of one start and how long each took. Not thread-safe.</summary>
internal sealed class Timeline(TimeProvider time)
{
    private readonly List<TimelineStep> _steps = [];
    private long _mark = time.GetTimestamp();

    public IReadOnlyList<TimelineStep> Steps => _steps;

    /// <summary>Ends the present step; what follows belongs to the next.</summary>
    public void End(string step)
    {
        long now = time.GetTimestamp();
        _steps.Add(new TimelineStep(step, Math.Round(time.GetElapsedTime(_mark, now).TotalMilliseconds, 3)));
        _mark = now;
    }
}
