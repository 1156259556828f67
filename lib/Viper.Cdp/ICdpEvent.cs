namespace Viper.Cdp;

/// <summary>The parameters of an event, with its name.</summary>
/// <typeparam name="TSelf">The record.</typeparam>
public interface ICdpEvent<TSelf> : ICdpReadable<TSelf>
    where TSelf : ICdpEvent<TSelf>
{
    /// <summary>Gets the event's name (<c>Page.loadEventFired</c>).</summary>
    static abstract ReadOnlySpan<byte> Method { get; }
}
