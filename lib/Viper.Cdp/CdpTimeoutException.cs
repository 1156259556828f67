namespace Viper.Cdp;

/// <summary>An operation did not end within its deadline; the connection is still usable.</summary>
public sealed class CdpTimeoutException : CdpException
{
    internal CdpTimeoutException(string operation, TimeSpan timeout)
        : base($"{operation} did not end within {timeout.TotalMilliseconds:0} ms.")
    {
        Operation = operation;
        Timeout = timeout;
    }

    /// <summary>Gets what was waited for.</summary>
    public string Operation { get; }

    /// <summary>Gets the deadline.</summary>
    public TimeSpan Timeout { get; }
}
