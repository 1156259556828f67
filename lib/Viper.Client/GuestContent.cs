namespace Viper.Client;

/// <summary>Bytes on their way from a VM, read as they come.</summary>
public sealed class GuestContent : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    internal GuestContent(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        Stream = stream;
    }

    /// <summary>The bytes; a stream that breaks off throws.</summary>
    public Stream Stream { get; }

    /// <summary>How many bytes there are; null where that is not known before.</summary>
    public long? Length => _response.Content.Headers.ContentLength;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }
}
