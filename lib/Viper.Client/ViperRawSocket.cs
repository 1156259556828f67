namespace Viper.Client;

/// <summary>An open WebSocket whose bytes nobody has looked at: what is written goes out as it is, and so what comes in.</summary>
public sealed class ViperRawSocket : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    internal ViperRawSocket(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        Stream = stream;
    }

    /// <summary>The bytes behind the handshake; one reader and one writer at a time.</summary>
    public Stream Stream { get; }

    /// <summary>The <c>Sec-WebSocket-Accept</c> that belongs to the key.</summary>
    public string Accept => Header("Sec-WebSocket-Accept") ?? "";

    /// <summary>The subprotocol that was chosen; null for none.</summary>
    public string? Protocol => Header("Sec-WebSocket-Protocol");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }

    private string? Header(string name) => _response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
