using Viper.Cdp.Frames;
using System.Text;

namespace Viper.Cdp.Protocol;

/// <summary>The client's side of the WebSocket handshake (RFC 6455, 4.1).</summary>
internal sealed class Handshake
{
    internal const int MaxAnswer = 16 * 1024;
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly string _key;

    internal Handshake()
    {
        Span<byte> nonce = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(nonce);
        _key = Convert.ToBase64String(nonce);
    }

    /// <summary>Gets the value that the server must answer with for a key.</summary>
    internal static string Accept(string key)
    {
        Span<byte> digest = stackalloc byte[Sha1.Size];
        Sha1.Hash(Encoding.ASCII.GetBytes(key + KeySuffix), digest);
        return Convert.ToBase64String(digest);
    }

    internal byte[] Request(Uri uri) => Encoding.ASCII.GetBytes(
        $"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: {_key}\r\nSec-WebSocket-Version: 13\r\n\r\n");

    /// <summary>Judges the answer's head, its empty line included; null when it is right.</summary>
    internal string? Check(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        var status = lines[0].Split(' ', 3);
        if (status.Length < 2 || status[0] != "HTTP/1.1" || status[1] != "101")
        {
            return $"the server answered \"{lines[0]}\" instead of switching to WebSocket";
        }

        if (!"websocket".Equals(Find(lines, "Upgrade"), StringComparison.OrdinalIgnoreCase)
            || Find(lines, "Connection")?.Contains("upgrade", StringComparison.OrdinalIgnoreCase) != true)
        {
            return "the server's answer does not switch to WebSocket";
        }

        if (Find(lines, "Sec-WebSocket-Accept") != Accept(_key))
        {
            return "the server's answer does not belong to this handshake";
        }

        return Find(lines, "Sec-WebSocket-Extensions") is { Length: > 0 } extensions
            ? $"the server uses extensions that were not offered ({extensions})"
            : null;
    }

    private static string? Find(string[] lines, string name)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            var colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && lines[i].AsSpan(0, colon).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return lines[i][(colon + 1)..].Trim();
            }
        }

        return null;
    }
}
