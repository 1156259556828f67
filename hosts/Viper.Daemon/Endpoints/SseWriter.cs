using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>The bytes of a stream of server-sent events; line ends are LF only, for some clients split at nothing else.</summary>
internal sealed class SseWriter : IDisposable
{
    internal const string MediaType = "text/event-stream";

    private readonly PipeWriter _output;
    private readonly Utf8JsonWriter _json;

    internal SseWriter(PipeWriter output)
    {
        _output = output;
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = ViperJson.Readable.Options!.Encoder });
    }

    /// <summary>Sets the headers and sends them with the reconnection time.</summary>
    internal static async Task<SseWriter> BeginAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        SseWriter writer = new(context.Response.BodyWriter);
        writer._output.Write("retry: 2000\n\n"u8);
        await writer.FlushAsync(cancellationToken);
        return writer;
    }

    internal void WriteEvent(VmEvent item)
    {
        _output.Write("id: "u8);
        Span<byte> digits = _output.GetSpan(20);
        _ = Utf8Formatter.TryFormat(item.Seq, digits, out int length);
        _output.Advance(length);
        _output.Write("\nevent: "u8);
        Encoding.UTF8.GetBytes(item.Type, _output);
        _output.Write("\ndata: "u8);
        JsonSerializer.Serialize(_json, item, ViperJson.Readable.VmEvent);
        _json.Reset();
        _output.Write("\n\n"u8);
    }

    internal void WriteLogLine(string line)
    {
        _output.Write("event: log\ndata: "u8);
        _json.WriteStartObject();
        _json.WriteString("line"u8, line);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _output.Write("\n\n"u8);
    }

    internal void WriteKeepAlive() => _output.Write(": keepalive\n\n"u8);

    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        FlushResult result = await _output.FlushAsync(cancellationToken);
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("The reader is gone.");
        }
    }

    public void Dispose() => _json.Dispose();
}
