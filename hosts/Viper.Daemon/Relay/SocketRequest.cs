using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;
using Viper.Daemon.Endpoints;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>A caller's wish for a WebSocket to an agent (RFC 6455 §4.2.1).</summary>
internal sealed record SocketRequest(string Target, string Key, string? Protocols)
{
    // RFC 6455 §1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Whether a request asks for a WebSocket, well or badly.</summary>
    internal static bool IsAsked(HttpContext context) =>
        context.Request.Headers.Upgrade.Any(u => u is not null && u.Split(',', StringSplitOptions.TrimEntries).Contains("websocket", StringComparer.OrdinalIgnoreCase));

    internal static SocketRequest Read(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (headers.SecWebSocketVersion != "13")
        {
            context.Response.Headers.SecWebSocketVersion = "13";
            throw new ProblemException(Problem.Create(426, ProblemCodes.ValidationFailed, "WebSockets are spoken here in version 13 (RFC 6455)."));
        }

        string key = headers.SecWebSocketKey.ToString();
        Span<byte> bytes = stackalloc byte[24];
        if (!HttpMethods.IsGet(context.Request.Method) || key.Length != 24 || !Convert.TryFromBase64String(key, bytes, out int length) || length != 16)
        {
            throw ProblemException.Parameter("Sec-WebSocket-Key", "16 bytes in Base64, with GET.");
        }

        string protocols = headers.SecWebSocketProtocol.ToString();
        return new SocketRequest(RelayTarget.Of(context), key, protocols.Length == 0 ? null : protocols);
    }

    internal string Accept()
    {
#pragma warning disable CA5350 // The protocol's own proof of having read the key; no secret hangs on it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Key + AcceptSuffix)));
#pragma warning restore CA5350
    }

    /// <summary>The handshake for the agent: rebuilt, without extensions, so that what follows can pass as it is.</summary>
    internal byte[] ToAgent(AgentAddress agent) => Encoding.ASCII.GetBytes(
        $"GET {Target} HTTP/1.1\r\nHost: {agent.EndPoint}\r\nAuthorization: Bearer {agent.Token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n{(Protocols is null ? "" : $"Sec-WebSocket-Protocol: {Protocols}\r\n")}\r\n");
}
