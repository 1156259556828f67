using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Viper.Client;

namespace Viper.Cli.Forwarding;

/// <summary>A loopback port that is one VM's DevTools.</summary>
internal sealed class ForwardListener : IAsyncDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    private readonly ViperClient _client;
    private readonly string _vm;
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<Task, bool> _connections = new();

    private ForwardListener(ViperClient client, string vm, Socket listener)
    {
        _client = client;
        _vm = vm;
        _listener = listener;
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Listens on 127.0.0.1; port 0 takes any that is free.</summary>
    internal static ForwardListener Open(ViperClient client, string vm, int port)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return new ForwardListener(client, vm, listener);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new IOException($"Port {port} of 127.0.0.1 cannot be listened on: {error.Message}.", error);
        }
    }

    /// <summary>Serves connections until <paramref name="accepting"/> ends; <paramref name="serving"/> ends those that are open.</summary>
    internal async Task RunAsync(CancellationToken accepting, CancellationToken serving)
    {
        while (true)
        {
            Socket socket = await _listener.AcceptAsync(accepting);
            socket.NoDelay = true;
            Task connection = ServeAsync(socket, serving);
            _connections.TryAdd(connection, true);
            _ = connection.ContinueWith(done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Waits a moment for the open connections: the daemon is telling them why the VM ended.</summary>
    internal Task DrainAsync() => Task.WhenAny(Task.WhenAll(_connections.Keys), Task.Delay(s_drain));

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Task.WhenAll(_connections.Keys);
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            await new ForwardConnection(_client, _vm, Port, stream).RunAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or HttpRequestException)
        {
            // One connection's end is not the listener's.
        }
    }
}
