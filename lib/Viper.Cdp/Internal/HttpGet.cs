using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Viper.Cdp.Frames;
using Viper.Cdp.Transport;

namespace Viper.Cdp.Internal;

/// <summary>One GET whose answer has a length, as DevTools gives them; an HTTP client costs a small program megabytes.</summary>
internal static class HttpGet
{
    private const int MaxBody = 1024 * 1024;

    /// <exception cref="CdpHandshakeException">The answer is none of HTTP, too long, or not 200.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    internal static async Task<byte[]> ReadAsync(EndPoint endpoint, string host, string target, CancellationToken cancellationToken)
    {
        var transport = await SocketTransport.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        await using (transport.ConfigureAwait(false))
        {
            var request = $"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n";
            await transport.Output.WriteAsync(Encoding.Latin1.GetBytes(request), cancellationToken).ConfigureAwait(false);
            var head = await HttpHead.ReadAsync(transport.Input, WebSocketLimits.Default.MaxHandshakeBytes, cancellationToken).ConfigureAwait(false);
            if (head.Start.Split(' ', 3) is not ["HTTP/1.1", "200", ..])
            {
                throw new CdpHandshakeException($"The server answered \"{head.Start}\".");
            }

            return int.TryParse(head["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= MaxBody
                ? await ReadBodyAsync(transport.Input, length, cancellationToken).ConfigureAwait(false)
                : throw new CdpHandshakeException("The server's answer has no length, or is longer than a megabyte.");
        }
    }

    private static async Task<byte[]> ReadBodyAsync(PipeReader input, int length, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(length, cancellationToken).ConfigureAwait(false);
        var body = read.Buffer.Length >= length
            ? System.Buffers.BuffersExtensions.ToArray(read.Buffer.Slice(0, length))
            : throw new CdpHandshakeException("The server ended its answer early.");
        input.AdvanceTo(read.Buffer.End);
        return body;
    }
}
