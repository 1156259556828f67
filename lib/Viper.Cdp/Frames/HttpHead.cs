using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Viper.Cdp.Frames;

/// <summary>The head of an HTTP/1.1 request or answer.</summary>
internal sealed class HttpHead
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private HttpHead(string start) => Start = start;

    /// <summary>Gets the first line.</summary>
    internal string Start { get; }

    internal IReadOnlyDictionary<string, string> Headers => _headers;

    internal string? this[string name] => _headers.GetValueOrDefault(name);

    /// <summary>Tells whether a header's list has an element.</summary>
    internal bool Lists(string name, string element) =>
        this[name] is { } list && list.Split(',', StringSplitOptions.TrimEntries).Contains(element, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a head and leaves what follows it in the pipe.</summary>
    /// <exception cref="CdpHandshakeException">The stream ended before, the head is longer than allowed or not one of HTTP.</exception>
    internal static async ValueTask<HttpHead> ReadAsync(PipeReader input, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            var seen = buffer.Slice(0, Math.Min(buffer.Length, maxBytes)).ToArray();
            var end = seen.AsSpan().IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                input.AdvanceTo(buffer.GetPosition(end + 4));
                return Parse(seen.AsSpan(0, end));
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (buffer.Length >= maxBytes)
            {
                throw new CdpHandshakeException($"The peer's WebSocket handshake is longer than {maxBytes} bytes.");
            }

            if (read.IsCompleted)
            {
                throw new CdpHandshakeException("The peer ended the connection within the WebSocket handshake.");
            }
        }
    }

    private static HttpHead Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var head = new HttpHead(lines[0]);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan().ContainsAny('\r', '\n'))
            {
                throw new CdpHandshakeException("The peer's WebSocket handshake has a line that is no header.");
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            head._headers[name] = head._headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        return head;
    }
}
