using System.Collections.Concurrent;

namespace Viper.Integration.Tests.Engine;

/// <summary>At which points an engine has died, and how often. Thread-safe.</summary>
internal sealed class CrashCount
{
    private readonly ConcurrentDictionary<CrashPoint, int> _deaths = new();

    /// <summary>How many different points there were a death at.</summary>
    public int Points => _deaths.Count(static point => point.Value > 0);

    public int Deaths => _deaths.Values.Sum();

    /// <summary>Points at which none ever died.</summary>
    public IReadOnlyCollection<CrashPoint> Missed => [.. _deaths.Where(static point => point.Value == 0).Select(static point => point.Key)];

    public void Add(CrashPoint point, bool isDead) => _deaths.AddOrUpdate(point, isDead ? 1 : 0, (_, before) => before + (isDead ? 1 : 0));
}
