using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Client.Internal;
using Viper.Contracts;

namespace Viper.Client;

/// <summary>A typed client of one daemon.</summary>
/// <remarks>
/// Thread-safe. Every call throws <see cref="ViperApiException"/> for what the daemon refused,
/// <see cref="ViperUnreachableException"/> where it does not answer, and <see cref="OperationCanceledException"/> when its token ends.
/// </remarks>
public sealed partial class ViperClient : IDisposable
{
    private const int MaxProblemBytes = 1024 * 1024;

    private readonly ViperClientOptions _options;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    public ViperClient(ViperClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _invoker = new HttpMessageInvoker(DaemonHandler.Make(options));
    }

    /// <summary>Where the daemon is looked for.</summary>
    public ViperAddress Address => _options.Address;

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private static async IAsyncEnumerable<T> PagesAsync<T>(
        string? cursor,
        Func<string?, CancellationToken, Task<(IReadOnlyList<T> Items, string? Next)>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            (IReadOnlyList<T> items, cursor) = await read(cursor, cancellationToken).ConfigureAwait(false);
            foreach (T item in items)
            {
                yield return item;
            }
        }
        while (cursor is not null);
    }

    private async Task<T> GetAsync<T>(RequestPath path, JsonTypeInfo<T> type, TimeSpan wait, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, path);
        return await SendAsync(request, type, wait, cancellationToken).ConfigureAwait(false);
    }

    private HttpRequestMessage Request(HttpMethod method, RequestPath path)
    {
        HttpRequestMessage request = new(method, new Uri(_options.Address.BaseUri, path.ToString()));
        if (_options.ApiKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _options.ApiKey);
        }

        return request;
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, TimeSpan wait, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = Deadline(wait, cancellationToken);
        using HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
        try
        {
            Stream body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                return await JsonSerializer.DeserializeAsync(body, type, deadline.Token).ConfigureAwait(false)
                    ?? throw new JsonException("The body is null.");
            }
        }
        catch (Exception error) when (error is JsonException or IOException or HttpRequestException)
        {
            throw new ViperUnreachableException(Address, request, error);
        }
    }

    // Returns only answers of success.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken deadline, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await SendRawAsync(request, deadline, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.SwitchingProtocols)
        {
            return response;
        }

        using (response)
        {
            throw new ViperApiException(await ReadProblemAsync(response, deadline).ConfigureAwait(false));
        }
    }

    private async Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage request, CancellationToken deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await _invoker.SendAsync(request, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ViperUnreachableException(Address, "no answer in time", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
        {
            throw DaemonHandler.HasReached(request)
                ? new ViperUnreachableException(Address, request, error)
                : new ViperUnreachableException(Address, (error.InnerException ?? error).Message, error);
        }
    }

    private CancellationTokenSource Deadline(TimeSpan wait, CancellationToken cancellationToken)
    {
        CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (wait != Timeout.InfiniteTimeSpan)
        {
            deadline.CancelAfter(_options.Timeout + wait);
        }

        return deadline;
    }

    // Whatever stands between may answer in its own words; a caller gets a problem all the same.
    private static async Task<Problem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        Problem plain = Problem.Create(status, status == 404 ? ProblemCodes.NotFound : ProblemCodes.Internal, $"The daemon answered with status {status}.");
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxProblemBytes, cancellationToken).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return response.Content.Headers.ContentType?.MediaType == Problem.MediaType
                ? JsonSerializer.Deserialize(body, ViperJson.Default.Problem) ?? plain
                : plain;
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            return plain;
        }
    }
}
