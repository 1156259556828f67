using System.Buffers;
using System.Globalization;
using System.Text;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>One keep-alive connection to the API socket.</summary>
/// <remarks>Not thread-safe: one request at a time. After any error it must be disposed of.</remarks>
internal sealed class HttpConnection(Stream stream) : IAsyncDisposable
{
    private byte[] _buffer = new byte[8 * 1024];

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The answer is not HTTP as the server speaks it, or too long.</exception>
    public async Task<HttpResponse> SendAsync(string method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Request(method, path, body), cancellationToken).ConfigureAwait(false);
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, length * 2);
            }

            int count = await stream.ReadAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new IOException(length == 0 ? "the connection was closed without an answer" : "the connection was closed within the answer");
            }

            length += count;
            switch (HttpResponseReader.TryRead(_buffer.AsSpan(0, length), out HttpResponse response, out int consumed))
            {
                case OperationStatus.Done:
                    // Bytes after the answer belong to no request; such a connection is not used again.
                    return response with { KeepAlive = response.KeepAlive && consumed == length };
                case OperationStatus.NeedMoreData:
                    break;
                default:
                    throw new InvalidDataException("the answer is not an HTTP response that this server sends");
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    // Always Content-Length, also of an empty body: the server refuses chunks.
    private static byte[] Request(string method, string path, ReadOnlyMemory<byte>? body)
    {
        StringBuilder head = new(160);
        head.Append(method).Append(' ').Append(path).Append(" HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n");
        if (body is not null)
        {
            head.Append("Content-Type: application/json\r\n");
        }

        if (method != "GET")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body?.Length ?? 0}\r\n");
        }

        byte[] headBytes = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        return body is { } bytes ? [.. headBytes, .. bytes.Span] : headBytes;
    }
}
