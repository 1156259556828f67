using System.Net;
using Viper.Client.Internal;

namespace Viper.Client;

public sealed partial class ViperClient
{
    /// <summary>Sends a request to a VM's agent and returns the answer, body unread, once its head is there; the caller disposes it.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="method">The method.</param>
    /// <param name="pathAndQuery">What the agent is asked, beginning with a slash: <c>/json/version</c>.</param>
    /// <param name="content">The body; null for none.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    public async Task<HttpResponseMessage> SendToAgentAsync(string name, HttpMethod method, string pathAndQuery, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(method, AgentPath(name, pathAndQuery));
        request.Content = content;
        return await SendAsync(request, cancellationToken, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a WebSocket to a VM's agent and returns it as raw bytes both ways, frames and all.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="path">The socket's path: <c>/devtools/browser/default</c>.</param>
    /// <param name="key">The <c>Sec-WebSocket-Key</c> of the handshake, 16 bytes in Base64.</param>
    /// <param name="protocols">The subprotocols to offer; null for none.</param>
    /// <param name="cancellationToken">Ends the attempt, not the socket.</param>
    public Task<ViperRawSocket> OpenAgentSocketAsync(string name, string path, string key, string? protocols, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return OpenSocketAsync(AgentPath(name, path), key, protocols, cancellationToken);
    }

    private async Task<ViperRawSocket> OpenSocketAsync(RequestPath path, string key, string? protocols, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, path);
        request.Version = HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", key);
        if (protocols is not null)
        {
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", protocols);
        }

        using CancellationTokenSource deadline = Deadline(TimeSpan.Zero, cancellationToken);
        HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            response.Dispose();
            throw new ViperUnreachableException(Address, $"it answered a WebSocket handshake with status {(int)response.StatusCode}", null);
        }

        return new ViperRawSocket(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    private static RequestPath AgentPath(string name, string pathAndQuery)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathAndQuery);
        return pathAndQuery[0] == '/'
            ? RequestPath.OfVm(name, "/agent" + pathAndQuery)
            : throw new ArgumentException("The path begins with a slash.", nameof(pathAndQuery));
    }
}
