using System.Net.Sockets;
using System.Text;

namespace Viper.Daemon.Tests.Harness;

/// <summary>HTTP by hand, for what a well-behaved client would not send or show.</summary>
internal static class RawExchange
{
    /// <summary>Sends text as it is and returns everything up to the end of the connection.</summary>
    internal static async Task<string> SendAsync(DaemonHarness daemon, string request)
    {
        await using NetworkStream stream = await daemon.ConnectAsync();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), DaemonHarness.Deadline);
        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(DaemonHarness.Deadline);
    }

    /// <summary>Reads a head, blank line included, and not a byte more.</summary>
    internal static async Task<string> ReadHeadAsync(Stream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, DaemonHarness.Deadline);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    /// <summary>Sends a WebSocket handshake and reads the answer's head; frames follow on the stream.</summary>
    internal static async Task<string> UpgradeAsync(Stream stream, string path, string host, string extra = "")
    {
        string request = $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
            $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extra}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), DaemonHarness.Deadline);
        return await ReadHeadAsync(stream);
    }

    /// <summary>Reads exactly so many bytes as text.</summary>
    internal static async Task<string> ReadTextAsync(Stream stream, int length)
    {
        byte[] bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, DaemonHarness.Deadline);
        return Encoding.UTF8.GetString(bytes);
    }
}
