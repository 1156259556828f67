using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Hypervisor.CloudHypervisor;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor;

/// <summary>Requests, connections, deadlines, errors.</summary>
public sealed partial class CloudHypervisorClient
{
    private readonly ConcurrentStack<HttpConnection> _idle = new();
    private readonly RequestsUnderWay _underWay = new();
    private readonly SemaphoreSlim _slots;
    private volatile bool _disposed;

    private Task<T> AskAsync<T>(
        ApiOperation operation, JsonTypeInfo<T> type, LastAnswer<T>? last, CancellationToken cancellationToken)
        where T : class
    {
        HttpConnection? asked = null;
        HttpResponse? atOnce = cancellationToken.IsCancellationRequested ? null : TryAsk(operation, out asked);
        return atOnce is { Status: 200 } answer && last?.Find(answer.Body) is { } same
            ? same
            : TakeAsync(operation, type, last, atOnce, asked, cancellationToken);
    }

    private async Task<T> TakeAsync<T>(
        ApiOperation operation,
        JsonTypeInfo<T> type,
        LastAnswer<T>? last,
        HttpResponse? atOnce,
        HttpConnection? asked,
        CancellationToken cancellationToken)
        where T : class
    {
        HttpResponse response = atOnce is { } answer
            ? Accept(operation, answer)
            : await SendAsync(operation, null, [], asked, cancellationToken).ConfigureAwait(false);
        if (last?.Find(response.Body) is { } same)
        {
            return await same.ConfigureAwait(false);
        }

        T value = Decode(operation, response.Body, type);
        last?.Keep(response.Body, value);
        return value;
    }

    // The answer of a VMM that gives it at once, on a connection that is there. Otherwise null, and the connection that has been
    // asked and holds a slot, if one has. What breaks is said by the second attempt: a question may be asked twice.
    private HttpResponse? TryAsk(ApiOperation question, out HttpConnection? asked)
    {
        asked = null;
        if (_disposed || !_slots.Wait(0, CancellationToken.None))
        {
            return null;
        }

        HttpConnection? connection = null;
        try
        {
            if (!_idle.TryPop(out connection))
            {
                return null;
            }

            if (!connection.TryAsk(question, out HttpResponse response))
            {
                asked = connection;
                return null;
            }

            PutBack(connection, response.KeepAlive);
            return response;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            connection?.Dispose();
            return null;
        }
        finally
        {
            if (asked is null)
            {
                _slots.Release();
            }
        }
    }

    private Task<HttpResponse> ActAsync(ApiOperation operation, CancellationToken cancellationToken) =>
        SendAsync(operation, null, [], cancellationToken).AsTask();

    private Task<HttpResponse> TellAsync<T>(ApiOperation operation, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        TellAsync(operation, body, type, [], cancellationToken);

    private Task<HttpResponse> TellAsync<T>(
        ApiOperation operation, T body, JsonTypeInfo<T> type, IReadOnlyList<SafeHandle> descriptors, CancellationToken cancellationToken) =>
        SendAsync(operation, Encode(body, type), descriptors, cancellationToken).AsTask();

    private async Task<PciDeviceInfo?> PlugAsync<T>(
        ApiOperation operation, T body, JsonTypeInfo<T> type, IReadOnlyList<SafeHandle> descriptors, CancellationToken cancellationToken)
    {
        HttpResponse response = await SendAsync(operation, Encode(body, type), descriptors, cancellationToken).ConfigureAwait(false);
        return response.Status == 204 ? null : Decode(operation, response.Body, CloudHypervisorJson.Default.PciDeviceInfo);
    }

    private static byte[] Encode<T>(T body, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(body);
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(body, type);
        }
        catch (JsonException e)
        {
            throw new ArgumentException(e.Message, nameof(body), e);
        }
    }

    private static T Decode<T>(ApiOperation operation, byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw new VmmConnectionException(operation.Name, "the answer is the JSON null", survival: VmmSurvival.Alive);
        }
        catch (JsonException e)
        {
            throw new VmmConnectionException(operation.Name, "the answer is not the JSON that was expected", e, VmmSurvival.Alive);
        }
    }

    private ValueTask<HttpResponse> SendAsync(
        ApiOperation operation, byte[]? body, IReadOnlyList<SafeHandle> descriptors, CancellationToken cancellationToken) =>
        SendAsync(operation, body, descriptors, null, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponse> SendAsync(
        ApiOperation operation, byte[]? body, IReadOnlyList<SafeHandle> descriptors, HttpConnection? asked, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed && asked is null, this);
        ArgumentNullException.ThrowIfNull(descriptors);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Count, DescriptorSender.Limit, nameof(descriptors));
        if (body?.Length > RequestBodyLimit)
        {
            throw new HypervisorUnsupportedException(
                $"The request '{operation.Name}' has {body.Length} bytes; Cloud Hypervisor takes at most {RequestBodyLimit}.");
        }

        TimeSpan limit = _underWay.Enter(operation, Limits);
        try
        {
            return Accept(operation, await ExchangeAsync(operation, body, descriptors, asked, limit, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            string why = _underWay.Receives(operation) ? "; the VMM waits in vm.receive-migration and answers nothing else" : "";
            throw new VmmConnectionException(
                operation.Name, $"it did not answer within {limit.TotalSeconds} s{why}", e, await ProbeAsync().ConfigureAwait(false));
        }
        catch (InvalidDataException e)
        {
            throw new VmmConnectionException(operation.Name, e.Message, e, await ProbeAsync().ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string reason = e is IOException ? e.Message : "the connection broke";
            throw new VmmConnectionException(operation.Name, reason, e, await ProbeAsync().ConfigureAwait(false));
        }
        finally
        {
            _underWay.Leave(operation);
        }
    }

    private static HttpResponse Accept(ApiOperation operation, HttpResponse response) =>
        response.Status is >= 200 and < 300 ? response : throw Refusal(operation, response);

    // When the VMM's own thread has panicked, its HTTP thread still answers, with this, until the process ends.
    private static VmmApiException Refusal(ApiOperation operation, HttpResponse response)
    {
        IReadOnlyList<string> causes = VmmErrorBody.ReadCauses(response.Body);
        bool gone = response.Status == 500 && causes.Any(static cause => cause.Contains("closed channel", StringComparison.OrdinalIgnoreCase));
        return new VmmApiException(operation.Name, response.Status, null, causes, gone ? VmmSurvival.Gone : VmmSurvival.Alive);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponse> ExchangeAsync(
        ApiOperation operation,
        byte[]? body,
        IReadOnlyList<SafeHandle> descriptors,
        HttpConnection? asked,
        TimeSpan limit,
        CancellationToken cancellationToken)
    {
        if (asked is null && !_slots.Wait(0, CancellationToken.None) && !await _slots.WaitAsync(limit, cancellationToken).ConfigureAwait(false))
        {
            throw new OperationCanceledException("All connections of this client were busy.");
        }

        try
        {
            // An idle connection may have been closed by the server since; asking again is safe only for what changes nothing.
            // Descriptors need a connection with an empty buffer.
            if ((asked ?? (descriptors.Count == 0 ? TryTakeIdle(operation) : null)) is { } idle)
            {
                try
                {
                    return await ExchangeOnAsync(idle, operation, body, descriptors, limit, cancellationToken).ConfigureAwait(false);
                }
                catch (IOException) when (operation.IsQuestion)
                {
                    // Fall through to a fresh connection.
                }
            }

            HttpConnection fresh = await ConnectAsync(operation, limit, cancellationToken).ConfigureAwait(false);
            return await ExchangeOnAsync(fresh, operation, body, descriptors, limit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    // A question that finds the connection closed is asked again, so only what changes something looks first.
    private HttpConnection? TryTakeIdle(ApiOperation operation)
    {
        while (_idle.TryPop(out HttpConnection? connection))
        {
            if (operation.IsQuestion || !connection.IsStale)
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponse> ExchangeOnAsync(
        HttpConnection connection,
        ApiOperation operation,
        byte[]? body,
        IReadOnlyList<SafeHandle> descriptors,
        TimeSpan limit,
        CancellationToken cancellationToken)
    {
        bool reusable = false;
        try
        {
            HttpResponse response = await connection.SendAsync(operation, body, descriptors, limit, cancellationToken).ConfigureAwait(false);
            reusable = response.KeepAlive;
            return response;
        }
        finally
        {
            PutBack(connection, reusable);
        }
    }

    private void PutBack(HttpConnection connection, bool reusable)
    {
        if (!reusable || _disposed)
        {
            connection.Dispose();
            return;
        }

        _idle.Push(connection);
        if (_disposed)
        {
            // Disposed of in between, perhaps after it looked here.
            DropIdle();
        }
    }

    private void DropIdle()
    {
        while (_idle.TryPop(out HttpConnection? connection))
        {
            connection.Dispose();
        }
    }

    private async ValueTask<HttpConnection> ConnectAsync(ApiOperation operation, TimeSpan limit, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(limit);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), deadline.Token).ConfigureAwait(false);
            BlockingSocket.Prepare(socket);
            return new HttpConnection(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable } || !File.Exists(_socketPath))
            {
                throw new VmmConnectionException(operation.Name, $"nobody listens on '{_socketPath}'", e, VmmSurvival.Gone);
            }

            throw;
        }
    }

    private Task<VmmSurvival> ProbeAsync() => SurvivalProbe.RunAsync(_socketPath);
}
