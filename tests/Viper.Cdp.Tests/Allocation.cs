namespace Viper.Cdp.Tests;

/// <summary>Counts allocations.</summary>
internal static class Allocation
{
    private const int WarmUps = 3;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    /// <summary>The bytes that this thread allocates in an action that has run before.</summary>
    internal static long OfSteady(Action action)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The least that the process allocates in a round; what is done by each round anew shows in all of them.</summary>
    internal static async Task<long> LeastAsync(int rounds, Func<Task> round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < rounds; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await round().WaitAsync(s_deadline, CancellationToken.None);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
