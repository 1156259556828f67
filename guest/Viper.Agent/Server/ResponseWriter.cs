using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Viper.Agent.DevTools;

namespace Viper.Agent.Server;

/// <summary>Writes answers to a socket.</summary>
internal static class ResponseWriter
{
    /// <summary>Below this, head and body leave in one piece.</summary>
    private const int JoinLimit = 8 * 1024;

    /// <summary>The status that has neither body nor length (RFC 9110, 8.6).</summary>
    private const int NoContent = 204;

    /// <summary>Writes an answer that has its body.</summary>
    internal static async Task WriteAsync(Socket socket, AgentResponse response, CancellationToken cancellationToken)
    {
        var bytes = Head(response);
        var body = response.HeadOnly ? default : response.Body;
        if (body.Length <= JoinLimit)
        {
            await DevToolsClient.SendAllAsync(socket, (byte[])[.. bytes, .. body.Span], cancellationToken);
            return;
        }

        await DevToolsClient.SendAllAsync(socket, bytes, cancellationToken);
        await DevToolsClient.SendAllAsync(socket, body, cancellationToken);
    }

    internal static byte[] Head(AgentResponse response)
    {
        var head = new StringBuilder(256)
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status} {Reason(response.Status)}\r\n");
        if (response.Status != NoContent)
        {
            head.Append("Content-Type: ").Append(response.ContentType).Append("\r\n");
            if (response.Content is { Length: null })
            {
                head.Append("Transfer-Encoding: chunked\r\n");
            }
            else
            {
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {response.Content?.Length ?? response.Body.Length}\r\n");
            }
        }

        head.Append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
        if (response.Header is not null)
        {
            head.Append(response.Header).Append("\r\n");
        }

        if (response.Close)
        {
            head.Append("Connection: close\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => "Other",
    };
}
