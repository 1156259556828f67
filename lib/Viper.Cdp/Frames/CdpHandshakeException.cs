namespace Viper.Cdp.Frames;

/// <summary>A peer did not switch to WebSocket, or asked for it in a way that RFC 6455 does not allow.</summary>
public sealed class CdpHandshakeException : CdpException
{
    internal CdpHandshakeException(string message, int? httpStatus = null)
        : base(message) => HttpStatus = httpStatus;

    /// <summary>Gets the status that the server answered with; null where it gave none.</summary>
    public int? HttpStatus { get; }
}
