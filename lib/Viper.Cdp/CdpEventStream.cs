using System.Diagnostics.CodeAnalysis;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>The events of one kind and session as records, in order, from its making until it is disposed.</summary>
/// <remarks>For one reader. At most <see cref="CdpSubscription.Capacity"/> events wait; a reader that falls further behind gets a <see cref="CdpOverflowException"/> after those.</remarks>
/// <typeparam name="T">The event.</typeparam>
public sealed class CdpEventStream<T> : IDisposable
    where T : ICdpEvent<T>
{
    private readonly EventRoutes _routes;
    private readonly EventQueue<T> _queue;

    internal CdpEventStream(EventRoutes routes, string? sessionId)
    {
        _routes = routes;
        _queue = new EventQueue<T>(T.Method, sessionId, CdpSubscription.Capacity, static next => next.Parameters.Read<T>());
        routes.Add(_queue);
    }

    /// <summary>Reads the events as they come.</summary>
    /// <exception cref="CdpClosedException">The connection has ended, and all earlier events have been read.</exception>
    /// <exception cref="CdpSessionClosedException">The session has ended, and all earlier events have been read.</exception>
    /// <exception cref="CdpProtocolException">An event was not of its record's form.</exception>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) => _queue.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes the next event if it is already here.</summary>
    public bool TryRead([MaybeNullWhen(false)] out T next) => _queue.Reader.TryRead(out next);

    /// <summary>Waits for the first event from here on that fits, and passes over the others.</summary>
    /// <param name="predicate">Tells whether it fits; null for any.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpTimeoutException">None came in time.</exception>
    /// <exception cref="CdpException">The session or the connection ended before, or too many events came at once.</exception>
    public async Task<T> WaitAsync(Func<T, bool>? predicate, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Deadline.KeepAsync(
                $"The wait for {System.Text.Encoding.UTF8.GetString(T.Method)}", timeout, within => NextAsync(predicate, within), cancellationToken).ConfigureAwait(false);
        }
        catch (System.Threading.Channels.ChannelClosedException error) when (error.InnerException is CdpException reason)
        {
            throw reason;
        }
    }

    /// <summary>Ends it; who reads sees the end after the events that wait.</summary>
    public void Dispose()
    {
        _routes.Remove(_queue);
        _queue.End();
    }

    private async Task<T> NextAsync(Func<T, bool>? predicate, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = await _queue.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (predicate?.Invoke(next) != false)
            {
                return next;
            }
        }
    }
}
