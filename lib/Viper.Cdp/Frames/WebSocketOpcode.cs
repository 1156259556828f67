namespace Viper.Cdp.Frames;

/// <summary>Kinds of WebSocket frames (RFC 6455, 11.8).</summary>
public enum WebSocketOpcode : byte
{
    /// <summary>A further piece of a message.</summary>
    Continuation = 0,

    /// <summary>A message of UTF-8, or its first piece.</summary>
    Text = 1,

    /// <summary>A message of bytes, or its first piece.</summary>
    Binary = 2,

    /// <summary>The last frame of its sender, with a code and a reason.</summary>
    Close = 8,

    /// <summary>To be answered by a pong with the same payload.</summary>
    Ping = 9,

    /// <summary>The answer to a ping, or a sign of life.</summary>
    Pong = 10,
}
