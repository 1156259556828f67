namespace Viper.Cdp;

/// <summary>A subscription was read too slowly, or commands were sent faster than Chrome reads; the connection is still usable.</summary>
public sealed class CdpOverflowException : CdpException
{
    internal CdpOverflowException(string method, int capacity)
        : base($"The subscription to {method} fell {capacity} events behind and was ended.")
    {
        Method = method;
        Capacity = capacity;
    }

    internal CdpOverflowException(long unsentBytes)
        : base($"More than {unsentBytes} bytes of commands wait for Chrome to read them.")
    {
        Method = string.Empty;
        Capacity = unsentBytes;
    }

    /// <summary>Gets the event's name; empty where it is commands that wait.</summary>
    public string Method { get; }

    /// <summary>Gets how many events, or bytes of commands, may wait.</summary>
    public long Capacity { get; }
}
