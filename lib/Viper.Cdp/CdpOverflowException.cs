namespace Viper.Cdp;

/// <summary>A subscription was read too slowly, and events were lost; the connection is still usable.</summary>
public sealed class CdpOverflowException : CdpException
{
    internal CdpOverflowException(string method, int capacity)
        : base($"The subscription to {method} fell {capacity} events behind and was ended.")
    {
        Method = method;
        Capacity = capacity;
    }

    /// <summary>Gets the event's name.</summary>
    public string Method { get; }

    /// <summary>Gets how many events may wait.</summary>
    public int Capacity { get; }
}
