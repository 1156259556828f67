using System.Net.Sockets;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>Notices that the peer goes while it is waiting for an answer: nobody else is to wait for one that has no reader.</summary>
internal sealed class PeerWatch : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _gone;
    private readonly CancellationTokenSource _answered = new();
    private readonly Task _watching;

    private PeerWatch(Socket socket, bool watches, CancellationToken stopping)
    {
        _socket = socket;
        _gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _watching = watches ? WatchAsync() : Task.CompletedTask;
    }

    /// <summary>Gets the token that ends with the peer, or with the agent.</summary>
    internal CancellationToken Gone => _gone.Token;

    /// <summary>Begins to watch; the request must have been read to its end. A peer that has sent the next one already is there.</summary>
    internal static PeerWatch Start(Socket socket, MessageReader reader, CancellationToken stopping) => new(socket, reader.Buffered.IsEmpty, stopping);

    public async ValueTask DisposeAsync()
    {
        await _answered.CancelAsync();
        await _watching;
        _answered.Dispose();
        _gone.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            // Ends when something is there, without taking it: the next request, or the end. It also ends at times when nothing is,
            // so a look that would wait for something is no way to find out.
            do
            {
                await _socket.ReceiveAsync(Memory<byte>.Empty, _answered.Token);
            }
            while (!_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead));

            if (_socket.Available == 0)
            {
                await _gone.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Answered while the peer was there.
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            await _gone.CancelAsync();
        }
    }
}
