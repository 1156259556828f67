using System.Text.Json;
using Viper.Cdp.Internal;
using Viper.Cdp.Transport;

namespace Viper.Cdp;

/// <summary>One connection to Chrome: commands with answers, events, and flat sessions for pages (<c>sessionId</c>).</summary>
/// <remarks>
/// Safe for use by several threads. One loop receives; commands are written one at a time. When the connection
/// ends, every waiting command and every subscription fails with the first reason. Protocol:
/// https://chromedevtools.github.io/devtools-protocol/.
/// </remarks>
public sealed partial class CdpConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly WebSocketTransport _transport;
    private readonly PendingCalls _calls = new();
    private readonly Subscriptions _subscriptions = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<CdpClosedException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _receiving;
    private int _disposed;

    private CdpConnection(WebSocketTransport transport)
    {
        _transport = transport;
        _receiving = Task.Run(ReceiveAsync);
    }

    /// <summary>Gets the task that ends, with the reason, when the connection has ended.</summary>
    public Task<CdpClosedException> Closed => _closed.Task;

    /// <summary>Gets the number of commands that wait for an answer.</summary>
    public int PendingCount => _calls.Count;

    /// <summary>Connects to a DevTools address.</summary>
    /// <param name="endpoint">A <c>ws</c> address, as Chrome's <c>webSocketDebuggerUrl</c> names it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The address is not of the scheme <c>ws</c>.</exception>
    /// <exception cref="CdpClosedException">The address cannot be reached, or does not speak WebSocket.</exception>
    public static async Task<CdpConnection> ConnectAsync(Uri endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint.IsAbsoluteUri && endpoint.Scheme == Uri.UriSchemeWs
            ? new CdpConnection(await WebSocketTransport.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false))
            : throw new ArgumentException($"The address of a DevTools connection begins with ws://; this is {endpoint}.", nameof(endpoint));
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <param name="method">The command (<c>Page.navigate</c>).</param>
    /// <param name="writeParameters">Writes the members of <c>params</c>; null for none. Called before this method returns.</param>
    /// <param name="sessionId">The session that the command is for; null for the browser itself.</param>
    /// <param name="cancellationToken">Ends the waiting. Chrome may still carry out the command; its late answer is dropped.</param>
    /// <returns>The result, owned by the caller; <see cref="JsonValueKind.Undefined"/> when the answer had none.</returns>
    /// <exception cref="CdpProtocolException">Chrome answered with an error.</exception>
    /// <exception cref="CdpSessionClosedException">The session ended before the answer.</exception>
    /// <exception cref="CdpClosedException">The connection ended before the answer.</exception>
    public Task<JsonElement> SendAsync(
        string method,
        Action<Utf8JsonWriter>? writeParameters = null,
        string? sessionId = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        cancellationToken.ThrowIfCancellationRequested();
        var call = new PendingCall(method, sessionId);
        var id = _calls.Add(call);
        byte[] frame;
        try
        {
            frame = WriteCommand(id, method, writeParameters, sessionId);
        }
        catch
        {
            _calls.Remove(id);
            throw;
        }

        return CallAsync(id, call, frame, cancellationToken);
    }

    /// <summary>Hears an event from now on.</summary>
    /// <param name="method">The event (<c>Page.lifecycleEvent</c>); its domain must have been enabled for Chrome to send it.</param>
    /// <param name="sessionId">The session; null for the browser's own events.</param>
    /// <returns>The subscription; the caller disposes it.</returns>
    public CdpSubscription Subscribe(string method, string? sessionId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        var subscription = new CdpSubscription(this, method, sessionId);
        _subscriptions.Add(subscription);
        return subscription;
    }

    /// <summary>Says goodbye, waits at most two seconds for the answer, and ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _receiving.ConfigureAwait(false);
            return;
        }

        // The reason that counts is ours, not the echo of our own goodbye.
        Shutdown(new CdpClosedException("The connection was closed by this program."));
        _abort.CancelAfter(s_goodbye);
        try
        {
            await _transport.SendCloseAsync(_abort.Token).WaitAsync(_abort.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CdpClosedException or OperationCanceledException)
        {
            // The peer is gone, or does not read. The connection ends without its goodbye.
            await _abort.CancelAsync().ConfigureAwait(false);
        }

        await _receiving.ConfigureAwait(false);
        _abort.Dispose();
    }

    internal void Unsubscribe(CdpSubscription subscription) => _subscriptions.Remove(subscription);

    private void Shutdown(CdpClosedException reason)
    {
        _calls.Close(reason);
        _subscriptions.Close(reason);
        _closed.TrySetResult(reason);
    }
}
