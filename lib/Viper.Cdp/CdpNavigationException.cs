namespace Viper.Cdp;

/// <summary>Chrome could not open an address.</summary>
public sealed class CdpNavigationException : CdpException
{
    internal CdpNavigationException(string url, string netError)
        : base($"The page could not open {url}: {netError}.")
    {
        Url = url;
        NetError = netError;
    }

    /// <summary>Gets the address.</summary>
    public string Url { get; }

    /// <summary>Gets Chrome's network error, for example <c>net::ERR_NAME_NOT_RESOLVED</c>.</summary>
    public string NetError { get; }
}
