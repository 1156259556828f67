namespace Viper.Net;

/// <summary>A queueing discipline to put on a link.</summary>
public abstract record TrafficQueue
{
    private protected TrafficQueue()
    {
    }

    /// <summary>Its number; 0 lets the kernel choose.</summary>
    public TrafficHandle Handle { get; init; }

    /// <summary>Where it hangs.</summary>
    public TrafficHandle Parent { get; init; } = TrafficHandle.Root;

    internal abstract string Kind { get; }
}
