using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Hypervisor.CloudHypervisor;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor;

/// <summary>The HTTP API of a running Cloud Hypervisor, over its unix socket.</summary>
/// <remarks>
/// Thread-safe. Uses at most <see cref="ConnectionLimit"/> connections; the server takes ten. Every request ends by an answer or
/// by a <see cref="VmmConnectionException"/> after <see cref="RequestLimit"/> at the latest.
/// </remarks>
public sealed class CloudHypervisorClient : IAsyncDisposable
{
    /// <summary>How many connections the client opens at most; the server refuses the eleventh of all its clients.</summary>
    public const int ConnectionLimit = 4;

    /// <summary>The longest body that the server takes, in bytes.</summary>
    public const int RequestBodyLimit = 51_200;

    private const string Root = "/api/v1/";

    private readonly string _socketPath;
    private readonly ConcurrentBag<HttpConnection> _idle = [];
    private readonly SemaphoreSlim _slots = new(ConnectionLimit, ConnectionLimit);
    private volatile bool _disposed;

    /// <summary>Makes a client; nothing is connected before the first request.</summary>
    /// <param name="socketPath">The path of the API socket.</param>
    public CloudHypervisorClient(string socketPath) => _socketPath = socketPath;

    /// <summary>How long one request may take; 90 s unless set, since a boot that waits for a virtio-fs socket takes 60 s.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Asks the VMM who it is (<c>vmm.ping</c>).</summary>
    public Task<VmmPing> PingAsync(CancellationToken cancellationToken = default) =>
        GetAsync("vmm.ping", CloudHypervisorJson.Default.VmmPing, cancellationToken);

    /// <summary>Gives the VMM a configuration (<c>vm.create</c>); it is checked only at boot.</summary>
    public Task CreateAsync(VmConfig config, CancellationToken cancellationToken = default) =>
        PutAsync("vm.create", JsonSerializer.SerializeToUtf8Bytes(config, CloudHypervisorJson.Default.VmConfig), cancellationToken);

    /// <summary>Checks the configuration and starts the virtual CPUs (<c>vm.boot</c>).</summary>
    public Task BootAsync(CancellationToken cancellationToken = default) => PutAsync("vm.boot", null, cancellationToken);

    /// <summary>Asks for state and configuration (<c>vm.info</c>).</summary>
    public Task<VmInfo> InfoAsync(CancellationToken cancellationToken = default) =>
        GetAsync("vm.info", CloudHypervisorJson.Default.VmInfo, cancellationToken);

    /// <summary>Switches the machine off without asking the guest (<c>vm.shutdown</c>); its configuration stays.</summary>
    public Task ShutdownAsync(CancellationToken cancellationToken = default) => PutAsync("vm.shutdown", null, cancellationToken);

    /// <summary>Switches the machine off and forgets its configuration (<c>vm.delete</c>); succeeds when there is none.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default) => PutAsync("vm.delete", null, cancellationToken);

    /// <summary>Stops the virtual CPUs (<c>vm.pause</c>).</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => PutAsync("vm.pause", null, cancellationToken);

    /// <summary>Lets paused virtual CPUs run (<c>vm.resume</c>).</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) => PutAsync("vm.resume", null, cancellationToken);

    /// <summary>Presses the power button (<c>vm.power-button</c>).</summary>
    public Task PowerButtonAsync(CancellationToken cancellationToken = default) => PutAsync("vm.power-button", null, cancellationToken);

    /// <summary>Ends the VMM (<c>vmm.shutdown</c>).</summary>
    public Task ShutdownVmmAsync(CancellationToken cancellationToken = default) => PutAsync("vmm.shutdown", null, cancellationToken);

    /// <summary>Closes the idle connections; requests that are under way end by themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        while (_idle.TryTake(out HttpConnection? connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<T> GetAsync<T>(string operation, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        byte[] body = await SendAsync("GET", operation, null, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw new VmmConnectionException(operation, "the answer is the JSON null");
        }
        catch (JsonException e)
        {
            throw new VmmConnectionException(operation, "the answer is not the JSON that was expected", e);
        }
    }

    private Task<byte[]> PutAsync(string operation, byte[]? body, CancellationToken cancellationToken) =>
        SendAsync("PUT", operation, body, cancellationToken);

    private async Task<byte[]> SendAsync(string method, string operation, byte[]? body, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (body?.Length > RequestBodyLimit)
        {
            throw new HypervisorUnsupportedException(
                $"The request '{operation}' has {body.Length} bytes; Cloud Hypervisor takes at most {RequestBodyLimit}.");
        }

        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RequestLimit);
        try
        {
            HttpResponse response = await ExchangeAsync(method, operation, body, deadline.Token).ConfigureAwait(false);
            return response.Status is >= 200 and < 300
                ? response.Body
                : throw new VmmApiException(operation, response.Status, null, VmmErrorBody.ReadCauses(response.Body));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VmmConnectionException(operation, $"it did not answer within {RequestLimit.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            throw new VmmConnectionException(operation, e is InvalidDataException ? e.Message : "the connection broke", e);
        }
    }

    private async Task<HttpResponse> ExchangeAsync(string method, string operation, byte[]? body, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // An idle connection may have been closed by the server since; asking again is safe only for what changes nothing.
            if (_idle.TryTake(out HttpConnection? idle))
            {
                try
                {
                    return await ExchangeOnAsync(idle, method, operation, body, cancellationToken).ConfigureAwait(false);
                }
                catch (IOException) when (method == "GET")
                {
                    // Fall through to a fresh connection.
                }
            }

            HttpConnection fresh = await ConnectAsync(operation, cancellationToken).ConfigureAwait(false);
            return await ExchangeOnAsync(fresh, method, operation, body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<HttpResponse> ExchangeOnAsync(
        HttpConnection connection, string method, string operation, byte[]? body, CancellationToken cancellationToken)
    {
        bool reusable = false;
        try
        {
            HttpResponse response = await connection.SendAsync(method, Root + operation, body, cancellationToken).ConfigureAwait(false);
            reusable = response.KeepAlive && !_disposed;
            return response;
        }
        finally
        {
            if (reusable)
            {
                _idle.Add(connection);
            }
            else
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<HttpConnection> ConnectAsync(string operation, CancellationToken cancellationToken)
    {
        Stream stream = await UnixListener.TryConnectAsync(_socketPath, cancellationToken).ConfigureAwait(false)
            ?? throw new VmmConnectionException(operation, $"nobody listens on '{_socketPath}'");
        return new HttpConnection(stream);
    }
}
