using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Viper.Cdp.Frames;
using Viper.Cdp.Internal;
using Viper.Cdp.Protocol;
using Viper.Cdp.Transport;

namespace Viper.Cdp;

/// <summary>One connection to Chrome: commands with answers, events, and flat sessions for pages (<c>sessionId</c>).</summary>
/// <remarks>
/// Safe for use by several threads. One loop receives; commands leave in the order of their calls, those that come while a write is
/// under way together. When the connection ends, every waiting command and every subscription fails with the first reason. Protocol:
/// https://chromedevtools.github.io/devtools-protocol/.
/// </remarks>
public sealed partial class CdpConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly IDuplexPipe _transport;
    private readonly MessageFraming _framing;
    private readonly CdpConnectionOptions _options;
    private readonly PendingCalls _calls;
    private readonly TaskCompletionSource<CdpClosedException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _receiving;
    private int _disposed;

    private CdpConnection(IDuplexPipe transport, bool isWebSocket, CdpConnectionOptions options)
    {
        _transport = transport;
        _options = options;
        _calls = new PendingCalls(continuesInline: options.Threading == CdpThreading.Dedicated);
        _framing = isWebSocket
            ? new WebSocketFraming(transport.Output, options.Limits, FailSending)
            : new NulFraming(transport.Output, options.Limits, FailSending);
        _writer = new Utf8JsonWriter(_json, s_writing);
        Browser = new CdpSession(this, null);
        _receiving = options.Threading == CdpThreading.Dedicated ? ReceiveOnThreadAsync() : Task.Run(ReceiveAsync);
    }

    /// <summary>Gets the task that ends, with the reason, when the connection has ended.</summary>
    public Task<CdpClosedException> Closed => _closed.Task;

    /// <summary>Gets the number of commands that wait for an answer.</summary>
    public int PendingCount => _calls.Count;

    /// <summary>Gets the browser's own session.</summary>
    public CdpSession Browser { get; }

    internal EventRoutes Routes { get; } = new();

    /// <summary>Connects to a DevTools address.</summary>
    /// <param name="endpoint">A <c>ws</c> address, as Chrome's <c>webSocketDebuggerUrl</c> names it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The address is not of the scheme <c>ws</c>.</exception>
    /// <exception cref="CdpClosedException">The address cannot be reached, or does not speak WebSocket.</exception>
    public static Task<CdpConnection> ConnectAsync(Uri endpoint, CancellationToken cancellationToken = default) =>
        ConnectAsync(endpoint, CdpConnectionOptions.Default, cancellationToken);

    /// <summary>Connects to a DevTools address.</summary>
    /// <param name="endpoint">A <c>ws</c> address, as Chrome's <c>webSocketDebuggerUrl</c> names it.</param>
    /// <param name="options">How the connection works.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The address is not of the scheme <c>ws</c>.</exception>
    /// <exception cref="CdpClosedException">The address cannot be reached, or does not speak WebSocket.</exception>
    /// <exception cref="CdpTimeoutException">It took longer than <see cref="CdpConnectionOptions.ConnectTimeout"/>.</exception>
    public static Task<CdpConnection> ConnectAsync(Uri endpoint, CdpConnectionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint.IsAbsoluteUri && endpoint.Scheme == Uri.UriSchemeWs
            ? ConnectAsync(ToEndPoint(endpoint), endpoint.Authority, endpoint.PathAndQuery, options, cancellationToken)
            : throw new ArgumentException($"The address of a DevTools connection begins with ws://; this is {endpoint}.", nameof(endpoint));
    }

    /// <summary>Connects over TCP or a unix socket.</summary>
    /// <param name="endpoint">An address, a name with a port, or a unix socket's path.</param>
    /// <param name="host">The header Host; Chrome takes IP addresses and <c>localhost</c> alone.</param>
    /// <param name="target">Path and query (<c>/devtools/browser/…</c>).</param>
    /// <param name="options">How the connection works; null for the default.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="CdpClosedException">The address cannot be reached, or does not speak WebSocket.</exception>
    /// <exception cref="CdpTimeoutException">It took longer than <see cref="CdpConnectionOptions.ConnectTimeout"/>.</exception>
    public static Task<CdpConnection> ConnectAsync(
        EndPoint endpoint, string host, string target, CdpConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= CdpConnectionOptions.Default;
        return Deadline.KeepAsync(
            $"Connecting to ws://{host}{target}",
            options.ConnectTimeout,
            within => OpenAsync(endpoint, host, target, options, within),
            cancellationToken);
    }

    private static async Task<CdpConnection> OpenAsync(
        EndPoint endpoint, string host, string target, CdpConnectionOptions options, CancellationToken cancellationToken)
    {
        var isDedicated = options.Threading == CdpThreading.Dedicated;
        SocketTransport? transport = null;
        try
        {
            transport = isDedicated
                ? await SocketTransport.ConnectBlockingAsync(endpoint, cancellationToken).ConfigureAwait(false)
                : await SocketTransport.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            await ShakeHandsAsync(transport, host, target, options, isDedicated, cancellationToken).ConfigureAwait(false);
            return new CdpConnection(transport, isWebSocket: true, options);
        }
        catch (Exception error)
        {
            if (transport is not null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (error is SocketException or IOException or CdpHandshakeException)
            {
                throw new CdpClosedException($"Chrome's address ws://{host}{target} cannot be used: {error.Message}", null, error);
            }

            throw;
        }
    }

    /// <summary>Speaks over a pipe behind whose WebSocket handshake nothing has been sent yet.</summary>
    /// <param name="transport">The pipe; owned by the connection from now on, which disposes it where it can be disposed.</param>
    /// <param name="options">How the connection works; null for the default.</param>
    public static CdpConnection OverWebSocket(IDuplexPipe transport, CdpConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return new CdpConnection(transport, isWebSocket: true, options ?? CdpConnectionOptions.Default);
    }

    /// <summary>Speaks over the descriptors of a Chrome with <c>--remote-debugging-pipe</c>: messages that end with a zero byte.</summary>
    /// <param name="transport">The pipe; owned by the connection from now on, which disposes it where it can be disposed.</param>
    /// <param name="options">How the connection works; null for the default.</param>
    public static CdpConnection OverPipe(IDuplexPipe transport, CdpConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return new CdpConnection(transport, isWebSocket: false, options ?? CdpConnectionOptions.Default);
    }

    /// <summary>Gives the view of a session that was attached with <c>flatten</c>.</summary>
    /// <param name="sessionId">The session, as <c>Target.attachToTarget</c> has answered.</param>
    public CdpSession GetSession(string sessionId)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        return new CdpSession(this, sessionId);
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
    public async Task<JsonElement> SendAsync(
        string method,
        Action<Utf8JsonWriter>? writeParameters = null,
        string? sessionId = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        using var reply = await CallAsync(
            System.Text.Encoding.UTF8.GetBytes(method), sessionId, new NamedCommand(writeParameters), null, cancellationToken).ConfigureAwait(false);
        return reply.Result.ToElement();
    }

    /// <summary>Hears an event from now on.</summary>
    /// <param name="method">The event (<c>Page.lifecycleEvent</c>); its domain must have been enabled for Chrome to send it.</param>
    /// <param name="sessionId">The session; null for the browser's own events.</param>
    /// <returns>The subscription; the caller disposes it.</returns>
    public CdpSubscription Subscribe(string method, string? sessionId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        return new CdpSubscription(Routes, method, sessionId);
    }

    /// <summary>Says goodbye, waits at most two seconds for the answer, and ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _closed.Task.ConfigureAwait(false);
            return;
        }

        // The reason that counts is ours, not the echo of our own goodbye.
        Shutdown(new CdpClosedException("The connection was closed by this program."));
        using var deadline = new CancellationTokenSource(s_goodbye);
        try
        {
            _framing.Close(WebSocketCloseCode.Normal);
            await _framing.DrainAsync(deadline.Token).ConfigureAwait(false);
            if (_framing is WebSocketFraming)
            {
                await _receiving.WaitAsync(deadline.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The peer is gone, does not read or does not answer. The connection ends without its goodbye.
        }

        _transport.Input.CancelPendingRead();
        await CloseTransportAsync().ConfigureAwait(false);
    }

    internal static EndPoint ToEndPoint(Uri uri) => IPAddress.TryParse(uri.DnsSafeHost, out var address)
        ? new IPEndPoint(address, uri.Port)
        : new DnsEndPoint(uri.DnsSafeHost, uri.Port);

    private static async Task ShakeHandsAsync(
        SocketTransport transport, string host, string target, CdpConnectionOptions options, bool blocks, CancellationToken cancellationToken)
    {
        if (!blocks)
        {
            await WebSocketHandshake.ConnectAsync(transport, host, target, options.Headers, options.Limits, cancellationToken).ConfigureAwait(false);
            return;
        }

        // A blocked read is ended by the end of its socket.
        using var cancelling = cancellationToken.UnsafeRegister(static state => _ = ((SocketTransport)state!).DisposeAsync().AsTask(), transport);
        await Task.Run(
            () => WebSocketHandshake.ConnectAsync(transport, host, target, options.Headers, options.Limits, CancellationToken.None),
            CancellationToken.None).ConfigureAwait(false);
    }

    private void FailSending(Exception error) =>
        Shutdown(new CdpClosedException($"The connection to Chrome broke while sending: {error.Message}", null, error));

    private void Shutdown(CdpClosedException reason)
    {
        _calls.Close(reason);
        Routes.Close(reason);
        _closed.TrySetResult(reason);
    }

    private async ValueTask CloseTransportAsync()
    {
        if (_transport is IAsyncDisposable owned)
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            await _transport.Output.CompleteAsync().ConfigureAwait(false);
        }
    }
}
