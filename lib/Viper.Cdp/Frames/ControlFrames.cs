namespace Viper.Cdp.Frames;

/// <summary>Does what the protocol asks for on a control frame.</summary>
internal static class ControlFrames
{
    /// <summary>Answers a ping, and a close frame.</summary>
    /// <returns>What the close frame says; null for any other.</returns>
    /// <exception cref="CdpFrameException">A close frame that is not as it must be.</exception>
    internal static WebSocketClose? Answer(in WebSocketPiece piece, WebSocketWriter writer)
    {
        Span<byte> copy = stackalloc byte[WebSocketFrameHeader.MaxControlLength];
        var payload = copy[..(int)piece.Header.Length];
        piece.CopyTo(payload);
        if (piece.Header.Opcode == WebSocketOpcode.Close)
        {
            var close = WebSocketClose.Read(payload);
            writer.TryWrite(WebSocketOpcode.Close, payload.Length >= 2 ? payload[..2] : []);
            return close;
        }

        if (piece.Header.Opcode == WebSocketOpcode.Ping)
        {
            writer.TryWrite(WebSocketOpcode.Pong, payload);
        }

        return null;
    }
}
