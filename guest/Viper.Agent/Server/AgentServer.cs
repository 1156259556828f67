using System.Net;
using System.Net.Sockets;

namespace Viper.Agent.Server;

/// <summary>Listens on the guest's address and serves the host, at most so many connections at once.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private const int Backlog = 128;
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(20);

    private readonly ServerOptions _options;
    private readonly AccessPolicy _access;
    private readonly AgentRouter _router;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<Socket, Task> _connections = [];
    private readonly Lock _gate = new();
    private readonly Socket _listener;
    private Task _accepting = Task.CompletedTask;

    internal AgentServer(ServerOptions options, AccessPolicy access, AgentRouter router)
    {
        _options = options;
        _access = access;
        _router = router;
        _listener = new Socket(options.ListenAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    }

    /// <summary>Gets where it listens, once started.</summary>
    internal IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndPoint!;

    internal int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Listens when it returns.</summary>
    /// <exception cref="AgentStartException">The address cannot be listened on.</exception>
    internal void Start()
    {
        try
        {
            // An agent that was restarted finds connections of the one before it in TIME_WAIT.
            _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _listener.Bind(new IPEndPoint(_options.ListenAddress, _options.Port));
            _listener.Listen(Backlog);
        }
        catch (SocketException error)
        {
            throw new AgentStartException(
                $"The agent cannot listen on {_options.ListenAddress}:{_options.Port}: {error.Message}", error);
        }

        _accepting = AcceptAsync();
    }

    /// <summary>Refuses new connections and requests, and lets those that run end: each gets an answer or a close frame.</summary>
    internal async Task StopAsync(TimeSpan grace)
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] running;
        lock (_gate)
        {
            running = [.. _connections.Values];
        }

        try
        {
            await Task.WhenAll(running).WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                foreach (var socket in _connections.Keys)
                {
                    socket.Dispose();
                }
            }

            await Task.WhenAll(running);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The peer was gone before it was accepted, or descriptors ran out: then the queue waits a moment.
                await Task.Delay(s_acceptPause);
                continue;
            }

            if (!_access.IsHost(socket.RemoteEndPoint) || !TryAdmit(socket))
            {
                Drop(socket);
            }
        }
    }

    private bool TryAdmit(Socket socket)
    {
        lock (_gate)
        {
            if (_connections.Count >= _options.MaxConnections)
            {
                return false;
            }

            _connections.Add(socket, Task.CompletedTask);
            _connections[socket] = Task.Run(() => ServeAsync(socket));
            return true;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await new AgentConnection(socket, _options, _access, _router, _stopping.Token).RunAsync();
        }
        catch (SocketException)
        {
            // Gone between its acceptance and its first use.
        }
        finally
        {
            socket.Dispose();
            lock (_gate)
            {
                _connections.Remove(socket);
            }
        }
    }

    /// <summary>Resets the connection: no answer, and nothing that stays in the kernel's tables.</summary>
    private static void Drop(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // Already gone.
        }

        socket.Dispose();
    }
}
