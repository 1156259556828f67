using System.Net.Sockets;

namespace Viper.TestKit.Engine;

/// <summary>The agent's end of a WebSocket.</summary>
public sealed class AgentWebSocket(Stream stream, Socket socket)
{
    /// <summary>The bytes behind the handshake.</summary>
    public Stream Stream { get; } = stream;

    /// <summary>Sends every message back as one unmasked frame, answers a close frame and ends.</summary>
    public async Task EchoAsync(CancellationToken cancellationToken)
    {
        while (await WebSocketFrames.ReadAsync(Stream, cancellationToken) is { } frame)
        {
            byte opcode = (byte)(frame.Head & 0x0F);
            await Stream.WriteAsync(WebSocketFrames.Make(opcode, frame.Payload, isMasked: false, (frame.Head & 0x80) != 0), cancellationToken);
            if (opcode == 8)
            {
                return;
            }
        }
    }

    /// <summary>Sends bytes as they are.</summary>
    public Task SendRawAsync(byte[] bytes, CancellationToken cancellationToken) => Stream.WriteAsync(bytes, cancellationToken).AsTask();

    /// <summary>Ends the connection with a reset, as a process that was killed would.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
