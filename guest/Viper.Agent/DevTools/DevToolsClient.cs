using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Viper.Agent.Http;

namespace Viper.Agent.DevTools;

/// <summary>Asks Chrome's DevTools address, one connection for each question.</summary>
internal static class DevToolsClient
{
    private const string BrowserPath = "/devtools/browser/";

    /// <summary>The largest answer is that of /json/protocol, 2 MB in Chrome 156.</summary>
    private const int MaxAnswer = 32 * 1024 * 1024;

    /// <summary>Sends a request without a body and reads the whole answer.</summary>
    /// <exception cref="IOException">Chrome cannot be reached, or what it sends is not HTTP.</exception>
    internal static async Task<DevToolsReply> SendAsync(
        IPEndPoint endpoint, string method, string target, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(endpoint, cancellationToken);
        using var reader = new MessageReader(socket);
        var request = $"{method} {target} HTTP/1.1\r\nHost: {endpoint}\r\nConnection: close\r\n\r\n";
        try
        {
            await SendAllAsync(socket, Encoding.ASCII.GetBytes(request), cancellationToken);
            var head = await reader.ReadResponseAsync(cancellationToken);
            var body = head.IsChunked || head.ContentLength is not null
                ? await reader.ReadBodyAsync(head, MaxAnswer, cancellationToken)
                : await reader.ReadToEndAsync(MaxAnswer, cancellationToken);
            return new DevToolsReply(head.Status, head.Headers["Content-Type"] ?? "text/plain", body);
        }
        catch (SocketException error)
        {
            throw new IOException($"Chrome's DevTools address {endpoint} broke off: {error.Message}", error);
        }
    }

    /// <summary>Asks for the product and the browser's id.</summary>
    /// <exception cref="DevToolsException">The answer is not that of a Chrome.</exception>
    /// <exception cref="IOException">Chrome cannot be reached.</exception>
    internal static async Task<BrowserVersion> GetVersionAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(endpoint, "GET", "/json/version", cancellationToken);
        using var document = ParseJson(reply, "/json/version");
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("Browser"u8, out var product)
            || product.ValueKind != JsonValueKind.String
            || !document.RootElement.TryGetProperty("webSocketDebuggerUrl"u8, out var address)
            || address.ValueKind != JsonValueKind.String)
        {
            throw new DevToolsException("Chrome's /json/version lacks Browser or webSocketDebuggerUrl.");
        }

        var url = address.GetString()!;
        var at = url.IndexOf(BrowserPath, StringComparison.Ordinal);
        return at >= 0
            ? new BrowserVersion(product.GetString()!, url[(at + BrowserPath.Length)..])
            : throw new DevToolsException("Chrome's webSocketDebuggerUrl has no browser id.");
    }

    /// <summary>Counts the pages in <c>/json/list</c>.</summary>
    internal static async Task<IReadOnlyList<string>> GetPageIdsAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(endpoint, "GET", "/json/list", cancellationToken);
        using var document = ParseJson(reply, "/json/list");
        List<string> pages = [];
        if (document.RootElement.ValueKind == JsonValueKind.Array)
        {
            foreach (var target in document.RootElement.EnumerateArray())
            {
                if (target.ValueKind == JsonValueKind.Object
                    && target.TryGetProperty("type"u8, out var type) && type.ValueEquals("page"u8)
                    && target.TryGetProperty("id"u8, out var id) && id.GetString() is { } text)
                {
                    pages.Add(text);
                }
            }
        }

        return pages;
    }

    /// <summary>Opens a connection to Chrome without Nagle's delay; the caller owns it.</summary>
    /// <exception cref="IOException">Chrome cannot be reached.</exception>
    internal static async Task<Socket> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"Chrome's DevTools address {endpoint} cannot be reached: {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends everything.</summary>
    internal static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            data = data[await socket.SendAsync(data, cancellationToken)..];
        }
    }

    private static JsonDocument ParseJson(DevToolsReply reply, string target)
    {
        if (reply.Status != 200)
        {
            throw new DevToolsException($"Chrome answered {target} with status {reply.Status}.", reply.Status);
        }

        try
        {
            return JsonDocument.Parse(reply.Body);
        }
        catch (JsonException error)
        {
            throw new DevToolsException($"Chrome's answer to {target} is not JSON: {error.Message}");
        }
    }
}
