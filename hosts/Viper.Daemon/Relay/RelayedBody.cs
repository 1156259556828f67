using System.Net;
using Microsoft.AspNetCore.Http;

namespace Viper.Daemon.Relay;

/// <summary>A caller's body on its way to the agent, read as it is sent.</summary>
internal sealed class RelayedBody : HttpContent
{
    private readonly HttpRequest _request;

    internal RelayedBody(HttpRequest request)
    {
        _request = request;
        Headers.ContentLength = request.ContentLength;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _request.Body.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _request.ContentLength ?? 0;
        return _request.ContentLength is not null;
    }
}
