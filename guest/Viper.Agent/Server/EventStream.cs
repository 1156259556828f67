using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Viper.Agent.Server;

/// <summary>Server-sent events, lines ended by LF alone, with a comment whenever nothing else was said for a while.</summary>
internal sealed class EventStream
{
    internal const string MediaType = "text/event-stream";

    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(15);
    private static readonly byte[] s_comment = ": keepalive\n\n"u8.ToArray();

    private readonly ResponseBody _body;

    internal EventStream(ResponseBody body) => _body = body;

    internal Task SendAsync<T>(string name, T data, JsonTypeInfo<T> type, CancellationToken cancellationToken) => _body.WriteAsync(
        (byte[])[.. "event: "u8, .. Encoding.ASCII.GetBytes(name), .. "\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(data, type), .. "\n\n"u8],
        cancellationToken);

    /// <summary>Says that it is there: a comment that readers pass over.</summary>
    internal Task GreetAsync(CancellationToken cancellationToken) => _body.WriteAsync(s_comment, cancellationToken);

    /// <summary>Waits for something to tell, and keeps the connection alive meanwhile.</summary>
    internal async Task WaitAsync(Task something, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await something.WaitAsync(s_keepAlive, cancellationToken);
                return;
            }
            catch (TimeoutException)
            {
                await GreetAsync(cancellationToken);
            }
        }
    }
}
