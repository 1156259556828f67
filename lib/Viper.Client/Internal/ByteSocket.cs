using System.Net.WebSockets;

namespace Viper.Client.Internal;

/// <summary>A WebSocket that carries bytes both ways, and short notices as text beside them.</summary>
/// <remarks>For one reader at a time, and any number of writers, who take turns. Disposal says goodbye and closes.</remarks>
internal sealed class ByteSocket(ViperRawSocket raw, WebSocket socket, Action<ReadOnlySpan<byte>> onNotice) : IAsyncDisposable
{
    private const int NoticeLimit = 4096;

    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _notice = new byte[NoticeLimit];
    private int _noticeLength;

    /// <summary>What the peer said when it closed; null while it has not, or where the connection broke.</summary>
    public string? EndReason => socket.CloseStatusDescription;

    /// <summary>Reads the next bytes, waiting for them; 0 when the socket has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(buffer.Length);
        try
        {
            while (true)
            {
                // What is no notice goes to the caller as it comes; which of the two it is shows only with the first bytes.
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                switch (received.MessageType)
                {
                    case WebSocketMessageType.Close:
                        return 0;
                    case WebSocketMessageType.Text:
                        TakeNotice(buffer.Span[..received.Count], received.EndOfMessage);
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

    /// <summary>Sends a message.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="type">Bytes, or a notice.</param>
    /// <param name="what">What the socket is to its user, for the error.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">The socket has ended.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, string what, CancellationToken cancellationToken)
    {
        try
        {
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await socket.SendAsync(bytes, type, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
        {
            throw new IOException($"The {what} has ended.", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using CancellationTokenSource late = new(s_goodbye);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is gone already.
        }

        socket.Dispose();
        _writing.Dispose();
        await raw.DisposeAsync().ConfigureAwait(false);
    }

    // A caller's buffer may hold only a part of it.
    private void TakeNotice(ReadOnlySpan<byte> part, bool isLast)
    {
        int count = Math.Min(part.Length, NoticeLimit - _noticeLength);
        part[..count].CopyTo(_notice.AsSpan(_noticeLength));
        _noticeLength += count;
        if (isLast)
        {
            onNotice(_notice.AsSpan(0, _noticeLength));
            _noticeLength = 0;
        }
    }
}
