using System.Net;
using System.Text;
using Viper.Agent.Http;

namespace Viper.Agent.DevTools;

/// <summary>Writes the two heads of a relayed WebSocket handshake (RFC 6455, 4).</summary>
internal static class RelayHandshake
{
    /// <summary>
    /// The request for Chrome. Only what the handshake needs is carried over: Chrome refuses a foreign Origin and Host,
    /// the token is none of its business, and extensions would bind the relay to their state.
    /// </summary>
    internal static byte[] Request(HttpRequestHead client, string target, IPEndPoint chrome)
    {
        var head = new StringBuilder(256)
            .Append("GET ").Append(target).Append(" HTTP/1.1\r\nHost: ").Append(chrome)
            .Append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
        foreach (var name in (ReadOnlySpan<string>)["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol"])
        {
            Copy(head, client.Headers, name);
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>The answer for the client.</summary>
    internal static byte[] Response(HttpResponseHead chrome)
    {
        var head = new StringBuilder(256).Append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
        Copy(head, chrome.Headers, "Sec-WebSocket-Accept");
        Copy(head, chrome.Headers, "Sec-WebSocket-Protocol");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    private static void Copy(StringBuilder head, HttpHeaders headers, string name)
    {
        if (headers[name] is { } value)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
    }
}
