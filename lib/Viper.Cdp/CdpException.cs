namespace Viper.Cdp;

/// <summary>The base of everything that this library throws about Chrome and the way to it.</summary>
public abstract class CdpException : Exception
{
    private protected CdpException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
