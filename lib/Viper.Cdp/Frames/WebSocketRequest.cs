using System.IO.Pipelines;
using System.Text;

namespace Viper.Cdp.Frames;

/// <summary>The server's side of the opening handshake (RFC 6455, 4.2): a request that was received, to be accepted or answered otherwise.</summary>
/// <remarks>For one thread. The connection stays the caller's.</remarks>
public sealed class WebSocketRequest
{
    private const int KeyLength = 24;

    private readonly IDuplexPipe _transport;
    private readonly HttpHead _head;

    private WebSocketRequest(IDuplexPipe transport, HttpHead head, string method, string target)
    {
        _transport = transport;
        _head = head;
        Method = method;
        Target = target;
    }

    /// <summary>Gets the method; a WebSocket is asked for by GET.</summary>
    public string Method { get; }

    /// <summary>Gets path and query.</summary>
    public string Target { get; }

    /// <summary>Gets the headers by name, whatever its case; several of one name are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers => _head.Headers;

    /// <summary>Gets a value indicating whether the client asks for a WebSocket of version 13, as RFC 6455 says.</summary>
    public bool IsUpgrade =>
        Method == "GET" && _head.Lists("Upgrade", "websocket") && _head.Lists("Connection", "Upgrade")
        && _head["Sec-WebSocket-Version"] == "13" && _head["Sec-WebSocket-Key"] is { Length: KeyLength };

    /// <summary>Reads a request's head.</summary>
    /// <exception cref="CdpHandshakeException">It is not one of HTTP/1.1, longer than allowed, or the client went away.</exception>
    public static async Task<WebSocketRequest> ReadAsync(
        IDuplexPipe transport, WebSocketLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        var head = await HttpHead.ReadAsync(
            transport.Input, (limits ?? WebSocketLimits.Default).MaxHandshakeBytes, cancellationToken).ConfigureAwait(false);
        return head.Start.Split(' ') is [{ Length: > 0 } method, { Length: > 0 } target, "HTTP/1.1"]
            ? new WebSocketRequest(transport, head, method, target)
            : throw new CdpHandshakeException("The client's request is not one of HTTP/1.1.");
    }

    /// <summary>Switches to WebSocket. Extensions that the client offers, permessage-deflate among them, are declined.</summary>
    /// <exception cref="InvalidOperationException">The client did not ask for it.</exception>
    public async Task AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (!IsUpgrade)
        {
            throw new InvalidOperationException("The request does not ask for a WebSocket.");
        }

        await WriteAsync(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {WebSocketHandshake.Accept(_head["Sec-WebSocket-Key"]!)}\r\n\r\n",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers with a document instead; the connection is to be closed then.</summary>
    /// <param name="status">The status line's number and text (<c>404 Not Found</c>).</param>
    /// <param name="contentType">The document's kind.</param>
    /// <param name="body">The document.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task AnswerAsync(string status, string contentType, string body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        await WriteAsync(
            $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}",
            cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken) =>
        await _transport.Output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
}
