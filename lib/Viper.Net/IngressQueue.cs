namespace Viper.Net;

/// <summary>The place for filters that look at what comes by a link; nothing waits in it.</summary>
public sealed record IngressQueue : TrafficQueue
{
    /// <summary>Its number is always ffff: and it always hangs at ingress.</summary>
    public IngressQueue()
    {
        Handle = new TrafficHandle(ushort.MaxValue, 0);
        Parent = TrafficHandle.Ingress;
    }

    internal override string Kind => "ingress";
}
