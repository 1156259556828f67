using System.Net.WebSockets;
using System.Text.Json;
using Viper.Contracts.Agent;

namespace Viper.Client;

/// <summary>A terminal of a program in a VM: what the program shows, and where its keyboard would be.</summary>
/// <remarks>For one reader and one writer at a time. The program waits for a reader that is slow; nothing is lost.</remarks>
public sealed class ViperTerminal : IAsyncDisposable
{
    private const int MessageLimit = 4096;

    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly ViperRawSocket _raw;
    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _message = new byte[MessageLimit];
    private int _messageLength;

    internal ViperTerminal(ViperRawSocket raw, WebSocket socket)
    {
        _raw = raw;
        _socket = socket;
    }

    /// <summary>How the program ended; null where it has not, or the terminal ended before.</summary>
    public ProcessExit? Exit { get; private set; }

    /// <summary>Why the terminal was closed: <c>exited</c>, <c>vm_stopping</c>, <c>vm_deleted</c>, …; null while it is open, or where the connection broke.</summary>
    public string? EndReason => _socket.CloseStatusDescription;

    /// <summary>Reads what the program shows next, waiting for it; 0 when the terminal has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(buffer.Length);
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                switch (received.MessageType)
                {
                    case WebSocketMessageType.Close:
                        return 0;
                    case WebSocketMessageType.Text:
                        TakeMessage(buffer.Span[..received.Count], received.EndOfMessage);
                        break;
                    case WebSocketMessageType.Binary when received.Count > 0:
                        return received.Count;
                    default:
                        break;
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or ObjectDisposedException)
        {
            return 0;
        }
    }

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
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using CancellationTokenSource late = new(s_goodbye);
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is gone already.
        }

        _socket.Dispose();
        _writing.Dispose();
        await _raw.DisposeAsync().ConfigureAwait(false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
        {
            throw new IOException("The terminal has ended.", error);
        }
        finally
        {
            _writing.Release();
        }
    }

    // A caller's buffer may hold only a part of it.
    private void TakeMessage(ReadOnlySpan<byte> part, bool isLast)
    {
        int count = Math.Min(part.Length, MessageLimit - _messageLength);
        part[..count].CopyTo(_message.AsSpan(_messageLength));
        _messageLength += count;
        if (!isLast)
        {
            return;
        }

        try
        {
            Exit = JsonSerializer.Deserialize(_message.AsSpan(0, _messageLength), AgentJsonContext.Default.TerminalMessage)?.Exit ?? Exit;
        }
        catch (JsonException)
        {
            // A message of a later version.
        }

        _messageLength = 0;
    }
}
