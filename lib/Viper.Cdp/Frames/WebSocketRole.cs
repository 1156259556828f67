namespace Viper.Cdp.Frames;

/// <summary>The side of a WebSocket connection; it decides whose frames are masked (RFC 6455, 5.3).</summary>
public enum WebSocketRole
{
    /// <summary>Has connected; masks what it sends and gets frames without a mask.</summary>
    Client,

    /// <summary>Was connected to; sends frames without a mask and gets masked ones.</summary>
    Server,
}
