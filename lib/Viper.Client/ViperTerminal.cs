using System.Net.WebSockets;
using System.Text.Json;
using Viper.Client.Internal;
using Viper.Contracts.Agent;

namespace Viper.Client;

/// <summary>A terminal of a program in a VM: what the program shows, and where its keyboard would be.</summary>
/// <remarks>For one reader and one writer at a time. The program waits for a reader that is slow; nothing is lost.</remarks>
public sealed class ViperTerminal : IAsyncDisposable
{
    private readonly ByteSocket _socket;

    internal ViperTerminal(ViperRawSocket raw, WebSocket socket) => _socket = new ByteSocket(raw, socket, TakeMessage);

    /// <summary>How the program ended; null where it has not, or the terminal ended before.</summary>
    public ProcessExit? Exit { get; private set; }

    /// <summary>Why the terminal was closed: <c>exited</c>, <c>vm_stopping</c>, <c>vm_deleted</c>, …; null while it is open, or where the connection broke.</summary>
    public string? EndReason => _socket.EndReason;

    /// <summary>Reads what the program shows next, waiting for it; 0 when the terminal has ended.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _socket.ReadAsync(buffer, cancellationToken);

    /// <summary>Types; waits while the program takes nothing.</summary>
    /// <exception cref="IOException">The terminal has ended.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        SendAsync(bytes, WebSocketMessageType.Binary, cancellationToken);

    /// <summary>Changes the size; may be called beside a write.</summary>
    /// <exception cref="IOException">The terminal has ended.</exception>
    public Task ResizeAsync(int cols, int rows, CancellationToken cancellationToken)
    {
        TerminalMessage message = new() { Type = TerminalMessage.Resize, Cols = cols, Rows = rows };
        return SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, AgentJsonContext.Default.TerminalMessage), WebSocketMessageType.Text, cancellationToken);
    }

    /// <summary>Leaves the terminal.</summary>
    public ValueTask DisposeAsync() => _socket.DisposeAsync();

    private Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancellationToken) =>
        _socket.SendAsync(bytes, type, "terminal", cancellationToken);

    private void TakeMessage(ReadOnlySpan<byte> text)
    {
        try
        {
            Exit = JsonSerializer.Deserialize(text, AgentJsonContext.Default.TerminalMessage)?.Exit ?? Exit;
        }
        catch (JsonException)
        {
            // A message of a later version.
        }
    }
}
