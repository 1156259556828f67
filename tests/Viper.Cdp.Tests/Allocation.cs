namespace Viper.Cdp.Tests;

/// <summary>Counts allocations.</summary>
internal static class Allocation
{
    private const int WarmUps = 3;

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
}
