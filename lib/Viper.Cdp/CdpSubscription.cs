using System.Text;
using Viper.Cdp.Internal;

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

    private readonly EventRoutes _routes;
    private readonly EventQueue<CdpEvent> _queue;

    internal CdpSubscription(EventRoutes routes, string method, string? sessionId)
    {
        _routes = routes;
        Method = method;
        SessionId = sessionId;
        _queue = new EventQueue<CdpEvent>(
            Encoding.UTF8.GetBytes(method), sessionId, Capacity, next => new CdpEvent(Method, SessionId, next.Parameters.ToElement()));
        routes.Add(_queue);
    }

    /// <summary>Gets the event's name.</summary>
    public string Method { get; }

    /// <summary>Gets the session; null for the browser's own events.</summary>
    public string? SessionId { get; }

    /// <summary>Reads the events as they come.</summary>
    /// <exception cref="CdpClosedException">The connection has ended, and all earlier events have been read.</exception>
    /// <exception cref="CdpSessionClosedException">The session has ended, and all earlier events have been read.</exception>
    public IAsyncEnumerable<CdpEvent> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _queue.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes the next event if it is already here.</summary>
    public bool TryRead(out CdpEvent next) => _queue.Reader.TryRead(out next);

    /// <summary>Ends the subscription; who reads sees the end after the events that wait.</summary>
    public void Dispose()
    {
        _routes.Remove(_queue);
        _queue.End();
    }
}
