using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Viper.Cdp.Transport;

/// <summary>A connected TCP or unix socket as a pipe; its memory is pooled.</summary>
/// <remarks>Disposing shuts the socket down, so that who waits for it learns of it, and closes it.</remarks>
public sealed class SocketTransport : IDuplexPipe, IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly SocketStream _stream;
    private readonly StreamTransport _streams;

    /// <summary>Makes a pipe of a socket.</summary>
    /// <param name="socket">A connected stream socket; owned by this from now on.</param>
    /// <param name="holdsNoIdleMemory">Whether waiting holds no buffer, which costs a system call each time. For servers with many idle sockets.</param>
    public SocketTransport(Socket socket, bool holdsNoIdleMemory = false)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _stream = new SocketStream(socket);
        _streams = new StreamTransport(_stream, holdsNoIdleMemory);
    }

    /// <summary>Gets what is received.</summary>
    public PipeReader Input => _streams.Input;

    /// <summary>Gets where is sent to.</summary>
    public PipeWriter Output => _streams.Output;

    /// <summary>Connects.</summary>
    /// <param name="endpoint">An address, a name with a port, or a unix socket's path.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">Nobody listens there, or it cannot be reached.</exception>
    public static async Task<SocketTransport> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(await OpenAsync(endpoint, cancellationToken).ConfigureAwait(false));

    /// <summary>Connects for a connection with a thread of its own: every read blocks its thread, and is ended by disposing alone.</summary>
    /// <remarks>
    /// Nothing of it is asynchronous for the platform either: a socket that it has once watched wakes its threads with every packet.
    /// </remarks>
    internal static async Task<SocketTransport> ConnectBlockingAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = Make(endpoint);
        using var cancelling = cancellationToken.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
        try
        {
            await Task.Run(() => socket.Connect(endpoint), CancellationToken.None).ConfigureAwait(false);
            var transport = new SocketTransport(socket);
            transport._stream.Block();
            return transport;
        }
        catch
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Shuts the socket down and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The peer was faster, or this has been disposed before.
        }

        await _streams.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    private static async Task<Socket> OpenAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = Make(endpoint);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Make(EndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }
}
