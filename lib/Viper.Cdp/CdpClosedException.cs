namespace Viper.Cdp;

/// <summary>The connection could not be made, or has ended; every call that was waiting fails with this.</summary>
public sealed class CdpClosedException : CdpException
{
    internal CdpClosedException(string message, int? closeCode = null, Exception? inner = null)
        : base(message, inner) => CloseCode = closeCode;

    /// <summary>Gets the WebSocket close code that the peer gave (RFC 6455, 7.4); null when it gave none.</summary>
    public int? CloseCode { get; }
}
