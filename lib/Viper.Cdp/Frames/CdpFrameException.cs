namespace Viper.Cdp.Frames;

/// <summary>A peer broke the WebSocket protocol or a limit; its connection is to be closed with the code.</summary>
public sealed class CdpFrameException : CdpException
{
    internal CdpFrameException(int closeCode, string message, Exception? inner = null)
        : base(message, inner) => CloseCode = closeCode;

    /// <summary>Gets the code for the close frame (<see cref="WebSocketCloseCode"/>); 1006 where the stream ended within a frame.</summary>
    public int CloseCode { get; }
}
