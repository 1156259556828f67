using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Viper.Client;

namespace Viper.Cli.Forwarding;

/// <summary>One WebSocket through the forwarded port: a handshake on either side, then bytes both ways as they are.</summary>
internal sealed class ForwardSocket(ViperClient client, string vm, NetworkStream caller)
{
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>Whether a head is a handshake of RFC 6455 §4.1.</summary>
    internal static bool IsHandshake(HttpHead head) =>
        head.Method == "GET" && head.Has("Connection", "Upgrade") && head["Sec-WebSocket-Version"] == "13" && head["Sec-WebSocket-Key"]?.Length == 24;

    /// <summary>Relays until either end closes; <paramref name="first"/> is what came right behind the head.</summary>
    internal async Task RunAsync(HttpHead head, ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        string key = head["Sec-WebSocket-Key"]!;
        await using ViperRawSocket agent = await client.OpenAgentSocketAsync(vm, head.Target, key, head["Sec-WebSocket-Protocol"], cancellationToken);
        string protocol = agent.Protocol is null ? "" : $"Sec-WebSocket-Protocol: {agent.Protocol}\r\n";
        string answer = $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {agent.Accept}\r\n{protocol}\r\n";
        await caller.WriteAsync(Encoding.Latin1.GetBytes(answer), cancellationToken);
        await agent.Stream.WriteAsync(first, cancellationToken);

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task up = CopyAsync(caller, agent.Stream, over.Token);
        Task down = CopyAsync(agent.Stream, caller, over.Token);
        if (await Task.WhenAny(up, down) == down)
        {
            // The daemon has said its last word; the caller's own end follows, or is not waited for long.
            caller.Socket.Shutdown(SocketShutdown.Send);
        }

        over.CancelAfter(s_grace);
        await Task.WhenAll(up, down);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // This direction has ended; so will the other.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
