using System.Globalization;
using System.Text;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>An answer; the reason phrase is always empty, and a 204 has neither type nor length.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body; null for one that has no length either.</param>
internal sealed record MicroHttpAnswer(int Status, string? Body)
{
    private const string Api = "Cloud Hypervisor API";
    private const string Library = "Firecracker API";

    public static readonly MicroHttpAnswer NoContent = new(204, null);
    public static readonly MicroHttpAnswer BadRequest = new(400, """["Bad Request"]""");
    public static readonly MicroHttpAnswer NotFound = new(404, """["Not Found"]""");
    public static readonly MicroHttpAnswer TooManyRequests = new(429, """["Too Many Requests"]""");

    /// <summary>What the eleventh connection gets.</summary>
    public static ReadOnlyMemory<byte> ServerFull { get; } = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 503\r\nServer: {Library}\r\nConnection: close\r\nContent-Length: 40\r\n\r\n{{ \"error\": \"Too many open connections\" }}");

    /// <summary>What a client gets that waits to be told to send its body.</summary>
    public static ReadOnlyMemory<byte> Continue { get; } =
        Encoding.ASCII.GetBytes($"HTTP/1.1 100 \r\nServer: {Library}\r\nConnection: keep-alive\r\n\r\n");

    public byte[] ToBytes() => Write(Status, Body, Api);

    /// <summary>What bytes at fault get: a body that holds a raw line end and so is no JSON.</summary>
    public static byte[] Fault(MicroHttpException e) =>
        Write(400, $"{{ \"error\": \"{e.Message}\nAll previous unanswered requests will be dropped.\" }}", Library);

    private static byte[] Write(int status, string? body, string server)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} \r\nServer: {server}\r\nConnection: keep-alive\r\n");
        if (body is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }
}
