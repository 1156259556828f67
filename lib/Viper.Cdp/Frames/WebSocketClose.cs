using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Viper.Cdp.Frames;

/// <summary>What a close frame says (RFC 6455, 5.5.1).</summary>
/// <param name="Code">The code; <see cref="WebSocketCloseCode.None"/> where the frame has none.</param>
/// <param name="Reason">Why; empty where nothing is said.</param>
public readonly record struct WebSocketClose(int Code, string Reason)
{
    /// <summary>Reads the payload of a close frame, without its mask.</summary>
    /// <exception cref="CdpFrameException">It is not as it must be.</exception>
    public static WebSocketClose Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return new WebSocketClose(WebSocketCloseCode.None, string.Empty);
        }

        var code = payload.Length > 1 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0;
        if (!WebSocketCloseCode.IsSendable(code))
        {
            throw new CdpFrameException(WebSocketCloseCode.ProtocolError, $"sent a close frame with the code {code}, which is not for sending");
        }

        return Utf8.IsValid(payload[2..])
            ? new WebSocketClose(code, Encoding.UTF8.GetString(payload[2..]))
            : throw new CdpFrameException(WebSocketCloseCode.InvalidPayload, "sent a close frame whose reason is not UTF-8");
    }
}
