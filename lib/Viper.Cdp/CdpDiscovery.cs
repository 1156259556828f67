using System.Net;
using System.Text.Json;
using Viper.Cdp.Frames;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>Asks a DevTools address over HTTP what is there (<c>/json/version</c>, <c>/json/list</c>).</summary>
/// <remarks>
/// Without an HTTP client: one request a connection, answers up to a megabyte, within <see cref="CdpConnectionOptions.ConnectTimeout"/>
/// or a <see cref="CdpTimeoutException"/>. Safe for use by several threads.
/// </remarks>
public sealed class CdpDiscovery
{
    private readonly EndPoint _endpoint;
    private readonly string _host;
    private readonly string _path;

    /// <summary>Makes the view of an address.</summary>
    /// <param name="address">As <c>http://127.0.0.1:9222</c>; a path stands before <c>/json</c>.</param>
    /// <exception cref="ArgumentException">The address is not of the scheme <c>http</c>.</exception>
    public CdpDiscovery(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"A DevTools address begins with http://; this is {address}.", nameof(address));
        }

        _endpoint = CdpConnection.ToEndPoint(address);
        _host = address.Authority;
        _path = address.AbsolutePath.TrimEnd('/');
    }

    /// <summary>Makes the view of an address over a socket of another kind.</summary>
    /// <param name="endpoint">A unix socket's path, or an address.</param>
    /// <param name="host">The header Host; Chrome takes IP addresses and <c>localhost</c> alone.</param>
    /// <param name="path">What stands before <c>/json</c>.</param>
    public CdpDiscovery(EndPoint endpoint, string host = "localhost", string path = "")
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        _host = host;
        _path = path;
    }

    /// <summary>Connects to the browser.</summary>
    /// <param name="options">How the connection works; null for the default.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="CdpClosedException">The address cannot be reached, or is not one of DevTools.</exception>
    public async Task<CdpConnection> ConnectAsync(CdpConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var version = await GetAsync("/json/version", options ?? CdpConnectionOptions.Default, cancellationToken).ConfigureAwait(false);
        var address = version.OptionalText("webSocketDebuggerUrl"u8);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? await CdpConnection.ConnectAsync(_endpoint, _host, uri.PathAndQuery, options, cancellationToken).ConfigureAwait(false)
            : throw new CdpClosedException($"http://{_host}{_path}/json/version names no address of a browser.");
    }

    /// <summary>Asks for the browser's version.</summary>
    /// <exception cref="CdpClosedException">The address cannot be reached, or is not one of DevTools.</exception>
    public async Task<CdpVersion> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetAsync("/json/version", CdpConnectionOptions.Default, cancellationToken).ConfigureAwait(false);
        return new CdpVersion(Text(version, "Browser"u8), Text(version, "Protocol-Version"u8), Text(version, "User-Agent"u8));
    }

    /// <summary>Lists the targets, with the one that was used last in front.</summary>
    /// <exception cref="CdpClosedException">The address cannot be reached, or is not one of DevTools.</exception>
    public async Task<IReadOnlyList<CdpTarget>> GetTargetsAsync(CancellationToken cancellationToken = default)
    {
        var list = await GetAsync("/json/list", CdpConnectionOptions.Default, cancellationToken).ConfigureAwait(false);
        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(static info =>
                new CdpTarget(Text(info, "id"u8), Text(info, "type"u8), Text(info, "url"u8), Text(info, "title"u8)))]
            : throw new CdpClosedException($"http://{_host}{_path}/json/list is no list.");
    }

    private static string Text(JsonElement element, ReadOnlySpan<byte> name) => element.OptionalText(name) ?? string.Empty;

    private async Task<JsonElement> GetAsync(string path, CdpConnectionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var body = await Deadline.KeepAsync(
                $"Asking for http://{_host}{_path}{path}",
                options.ConnectTimeout,
                within => HttpGet.ReadAsync(_endpoint, _host, _path + path, within),
                cancellationToken).ConfigureAwait(false);
            return new CdpJson(body).ToElement();
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or CdpHandshakeException or JsonException)
        {
            throw new CdpClosedException($"http://{_host}{_path}{path} is not one of DevTools: {error.Message}", null, error);
        }
    }
}
