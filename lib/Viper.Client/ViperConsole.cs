using System.Net.WebSockets;
using System.Text.Json;
using Viper.Client.Internal;
using Viper.Contracts;

namespace Viper.Client;

/// <summary>A VM's serial console: what the guest prints, and where its keyboard would be.</summary>
/// <remarks>For one reader and one writer at a time. Disposal detaches; the VM does not notice.</remarks>
public sealed class ViperConsole : IAsyncDisposable
{
    private readonly ByteSocket _socket;

    internal ViperConsole(ViperRawSocket raw, WebSocket socket) => _socket = new ByteSocket(raw, socket, TakeNotice);

    /// <summary>How many bytes this console has missed since it was attached, because it was slow.</summary>
    public long BytesLost { get; private set; }

    /// <summary>
    /// Why the daemon ended it: <c>vm_stopping</c>, <c>vm_crashed</c>, <c>vm_deleted</c>, <c>console_ended</c>, <c>shutting_down</c>,
    /// <c>read_only</c>; null while it has not, or where the connection broke.
    /// </summary>
    public string? EndReason => _socket.EndReason;

    /// <summary>Reads the guest's next bytes, waiting for them; 0 when the console has ended.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _socket.ReadAsync(buffer, cancellationToken);

    /// <summary>Types; waits while the guest takes nothing.</summary>
    /// <exception cref="IOException">The console has ended.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await _socket.SendAsync(bytes, WebSocketMessageType.Binary, "console", cancellationToken).ConfigureAwait(false);

    /// <summary>Detaches.</summary>
    public ValueTask DisposeAsync() => _socket.DisposeAsync();

    private void TakeNotice(ReadOnlySpan<byte> text)
    {
        try
        {
            BytesLost = JsonSerializer.Deserialize(text, ViperJson.Default.ConsoleNotice)?.BytesLost ?? BytesLost;
        }
        catch (JsonException)
        {
            // A notice of a later version.
        }
    }
}
