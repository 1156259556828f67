using System.IO.Pipelines;
using System.Text;

namespace Viper.Cdp.Frames;

/// <summary>The client's side of the opening handshake (RFC 6455, 4.1), and the key's answer for servers. No extension is offered or accepted.</summary>
public static class WebSocketHandshake
{
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int KeyBytes = 16;

    /// <summary>Gives the value of Sec-WebSocket-Accept for a key.</summary>
    /// <param name="key">The value of Sec-WebSocket-Key; at most 83 characters.</param>
    public static string Accept(string key)
    {
        Span<byte> digest = stackalloc byte[Sha1.Size];
        Sha1.Hash(Encoding.ASCII.GetBytes(key + KeySuffix), digest);
        return Convert.ToBase64String(digest);
    }

    /// <summary>Asks a server to switch to WebSocket and checks its answer; frames follow in the pipe.</summary>
    /// <param name="transport">The connection; it stays the caller's.</param>
    /// <param name="host">The header Host.</param>
    /// <param name="target">Path and query (<c>/devtools/browser/…</c>).</param>
    /// <param name="headers">Further headers; null for none.</param>
    /// <param name="limits">What the server may send at most.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="CdpHandshakeException">The server does not switch.</exception>
    /// <exception cref="ArgumentException">A header, the host or the target holds a line break.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public static async Task ConnectAsync(
        IDuplexPipe transport,
        string host,
        string target,
        IReadOnlyDictionary<string, string>? headers = null,
        WebSocketLimits? limits = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        var key = NewKey();
        await transport.Output.WriteAsync(Request(host, target, key, headers), cancellationToken).ConfigureAwait(false);
        var head = await HttpHead.ReadAsync(
            transport.Input, (limits ?? WebSocketLimits.Default).MaxHandshakeBytes, cancellationToken).ConfigureAwait(false);
        Check(head, key);
    }

    private static string NewKey()
    {
        Span<byte> nonce = stackalloc byte[KeyBytes];
        Interop.Libc.GetRandom(nonce);
        return Convert.ToBase64String(nonce);
    }

    private static byte[] Request(string host, string target, string key, IReadOnlyDictionary<string, string>? headers)
    {
        var text = new StringBuilder();
        Line($"GET {target} HTTP/1.1");
        Line($"Host: {host}");
        Line("Upgrade: websocket");
        Line("Connection: Upgrade");
        Line($"Sec-WebSocket-Key: {key}");
        Line("Sec-WebSocket-Version: 13");
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            Line($"{name}: {value}");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());

        void Line(string line)
        {
            if (line.AsSpan().ContainsAny('\r', '\n'))
            {
                throw new ArgumentException($"A line of the handshake would hold a line break: {line}");
            }

            text.Append(line).Append("\r\n");
        }
    }

    private static void Check(HttpHead head, string key)
    {
        var status = head.Start.Split(' ', 3);
        if (status.Length < 2 || status[0] != "HTTP/1.1" || status[1] != "101")
        {
            throw new CdpHandshakeException(
                $"The server answered \"{head.Start}\" instead of switching to WebSocket.",
                status.Length > 1 && int.TryParse(status[1], out var number) ? number : null);
        }

        if (!head.Lists("Upgrade", "websocket") || !head.Lists("Connection", "Upgrade"))
        {
            throw new CdpHandshakeException("The server's answer does not switch to WebSocket.", 101);
        }

        if (head["Sec-WebSocket-Accept"] != Accept(key))
        {
            throw new CdpHandshakeException("The server's answer does not belong to this handshake.", 101);
        }

        if (head["Sec-WebSocket-Extensions"] is { Length: > 0 } extensions)
        {
            throw new CdpHandshakeException($"The server uses extensions that were not offered ({extensions}).", 101);
        }

        if (head["Sec-WebSocket-Protocol"] is { Length: > 0 } protocol)
        {
            throw new CdpHandshakeException($"The server chose a subprotocol that was not offered ({protocol}).", 101);
        }
    }
}
