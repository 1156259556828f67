using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Viper.Client.Internal;

namespace Viper.Client;

public sealed partial class ViperClient
{
    // RFC 6455 §1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly TimeSpan s_socketKeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Attaches to a VM's serial console, which gives its last 64 KiB first.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="write">Whether to type too, which one caller at a time may; refused with <c>console_taken</c> while another does.</param>
    /// <param name="caller">What others are told of who types, 1 to 64 printable ASCII characters; null for the address.</param>
    /// <param name="cancellationToken">Ends the attempt, not the console.</param>
    public async Task<ViperConsole> OpenConsoleAsync(string name, bool write, string? caller, CancellationToken cancellationToken)
    {
        RequestPath path = RequestPath.OfVm(name, "/console").With("write", write ? "true" : "false").With("as", caller);
        (ViperRawSocket raw, WebSocket socket) = await OpenWebSocketAsync(path, cancellationToken).ConfigureAwait(false);
        return new ViperConsole(raw, socket);
    }

    private async Task<(ViperRawSocket Raw, WebSocket Socket)> OpenWebSocketAsync(RequestPath path, CancellationToken cancellationToken)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        ViperRawSocket raw = await OpenSocketAsync(path, key, null, cancellationToken).ConfigureAwait(false);
#pragma warning disable CA5350 // The protocol's own proof of having read the key; no secret hangs on it.
        if (raw.Accept != Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix))))
#pragma warning restore CA5350
        {
            await raw.DisposeAsync().ConfigureAwait(false);
            throw new ViperUnreachableException(Address, "its answer to a WebSocket handshake does not belong to the question", null);
        }

        WebSocketCreationOptions options = new() { KeepAliveInterval = s_socketKeepAlive, KeepAliveTimeout = s_socketKeepAlive };
        return (raw, WebSocket.CreateFromStream(raw.Stream, options));
    }
}
