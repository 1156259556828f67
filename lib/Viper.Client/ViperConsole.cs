using System.Net.WebSockets;
using System.Text.Json;
using Viper.Contracts;

namespace Viper.Client;

/// <summary>A VM's serial console: what the guest prints, and where its keyboard would be.</summary>
/// <remarks>For one reader and one writer at a time. Disposal detaches; the VM does not notice.</remarks>
public sealed class ViperConsole : IAsyncDisposable
{
    private const int NoticeLimit = 4096;

    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly ViperRawSocket _raw;
    private readonly WebSocket _socket;
    private readonly byte[] _notice = new byte[NoticeLimit];
    private int _noticeLength;

    internal ViperConsole(ViperRawSocket raw, WebSocket socket)
    {
        _raw = raw;
        _socket = socket;
    }

    /// <summary>How many bytes this console has missed since it was attached, because it was slow.</summary>
    public long BytesLost { get; private set; }

    /// <summary>
    /// Why the daemon ended it: <c>vm_stopping</c>, <c>vm_crashed</c>, <c>vm_deleted</c>, <c>console_ended</c>, <c>shutting_down</c>,
    /// <c>read_only</c>; null while it has not, or where the connection broke.
    /// </summary>
    public string? EndReason => _socket.CloseStatusDescription;

    /// <summary>Reads the guest's next bytes, waiting for them; 0 when the console has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(buffer.Length);
        try
        {
            while (true)
            {
                // What is no notice goes to the caller as it comes; which of the two it is shows only with the first bytes.
                ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Types; waits while the guest takes nothing.</summary>
    /// <exception cref="IOException">The console has ended.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
        {
            throw new IOException("The console has ended.", error);
        }
    }

    /// <summary>Detaches.</summary>
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
        await _raw.DisposeAsync().ConfigureAwait(false);
    }

    // A caller's buffer may hold only a part of it.
    private void TakeNotice(ReadOnlySpan<byte> part, bool isLast)
    {
        int count = Math.Min(part.Length, NoticeLimit - _noticeLength);
        part[..count].CopyTo(_notice.AsSpan(_noticeLength));
        _noticeLength += count;
        if (!isLast)
        {
            return;
        }

        try
        {
            ConsoleNotice? notice = JsonSerializer.Deserialize(_notice.AsSpan(0, _noticeLength), ViperJson.Default.ConsoleNotice);
            BytesLost = notice?.BytesLost ?? BytesLost;
        }
        catch (JsonException)
        {
            // A notice of a later version.
        }

        _noticeLength = 0;
    }
}
