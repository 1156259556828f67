using System.Threading.Channels;

namespace Viper.Cdp;

/// <summary>The events of one name and session, in order, from the moment of the subscription until it is disposed.</summary>
/// <remarks>
/// For one reader. At most <see cref="Capacity"/> events wait; a reader that falls further behind gets a
/// <see cref="CdpOverflowException"/> after those, since the connection waits for no one.
/// </remarks>
public sealed class CdpSubscription : IDisposable
{
    /// <summary>The number of events that may wait.</summary>
    public const int Capacity = 4096;

    private readonly CdpConnection _connection;
    private readonly Channel<CdpEvent> _events =
        Channel.CreateBounded<CdpEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false });

    internal CdpSubscription(CdpConnection connection, string method, string? sessionId)
    {
        _connection = connection;
        Method = method;
        SessionId = sessionId;
    }

    /// <summary>Gets the event's name.</summary>
    public string Method { get; }

    /// <summary>Gets the session; null for the browser's own events.</summary>
    public string? SessionId { get; }

    /// <summary>Reads the events as they come.</summary>
    /// <exception cref="CdpClosedException">The connection has ended, and all earlier events have been read.</exception>
    /// <exception cref="CdpSessionClosedException">The session has ended, and all earlier events have been read.</exception>
    public IAsyncEnumerable<CdpEvent> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _events.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes the next event if it is already here.</summary>
    public bool TryRead(out CdpEvent next) => _events.Reader.TryRead(out next);

    /// <summary>Ends the subscription; who reads sees the end after the events that wait.</summary>
    public void Dispose()
    {
        _connection.Unsubscribe(this);
        _events.Writer.TryComplete();
    }

    internal void Publish(in CdpEvent next)
    {
        if (!_events.Writer.TryWrite(next))
        {
            _events.Writer.TryComplete(new CdpOverflowException(Method, Capacity));
        }
    }

    internal void Fail(CdpException reason) => _events.Writer.TryComplete(reason);
}
