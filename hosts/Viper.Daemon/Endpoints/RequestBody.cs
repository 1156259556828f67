using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Viper.Contracts;
using Viper.Daemon.Hosting;

namespace Viper.Daemon.Endpoints;

/// <summary>The JSON body of a request, whole and of a bounded size.</summary>
internal static class RequestBody
{
    internal const int MaxBytes = 1024 * 1024;

    internal static Problem TooLarge() => Problem.Create(413, ProblemCodes.PayloadTooLarge, $"The body is larger than {MaxBytes} bytes.");

    internal static Problem NotJson() =>
        Problem.Create(415, ProblemCodes.UnsupportedMediaType, "The body must be JSON, and the request must say so: Content-Type: application/json.");

    /// <summary>Reads the body, or throws what the caller is to be told.</summary>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) ||
            !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) ||
            !(type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ProblemException(NotJson());
        }

        if (context.Request.ContentLength > MaxBytes)
        {
            throw new ProblemException(TooLarge());
        }

        // The server's own limit is for bodies that are relayed; this one is ours.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBytes;
        }

        ArrayBufferWriter<byte> body = new(4096);
        while (true)
        {
            int read = await context.Request.Body.ReadAsync(body.GetMemory(4096), context.RequestAborted);
            if (read == 0)
            {
                await SocketThreads.Leave();
                return body.WrittenMemory;
            }

            body.Advance(read);
            if (body.WrittenCount > MaxBytes)
            {
                throw new ProblemException(TooLarge());
            }
        }
    }
}
