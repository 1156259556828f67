using System.Runtime.CompilerServices;

using Viper.Net.Internal;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

/// <summary>Tells what happens to links, addresses, routes and neighbours of a network namespace.</summary>
/// <remarks>
/// It belongs for life to the namespace of the thread that made it; its stream can be read anywhere, by one reader at a
/// time. It listens from its construction on. The first event is <see cref="RouteEventKind.Resync"/>: whoever lists then
/// and applies what follows knows the whole state. The same event comes again when the kernel had to drop something.
/// </remarks>
public sealed class RouteMonitor : IDisposable
{
    private readonly NotificationReader _reader;
    private readonly Queue<RouteEvent> _events = new();
    private int _isRead;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public RouteMonitor(RouteTopics topics = RouteTopics.All)
    {
        NetlinkSocket socket = new(NetlinkConstants.NETLINK_ROUTE, isAwaitable: true);
        try
        {
            foreach (int group in Groups(topics))
            {
                socket.Join(group);
            }

            _reader = new NotificationReader(socket);
            _events.Enqueue(new RouteEvent(RouteEventKind.Resync));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What happens, as it happens, until cancelled.</summary>
    /// <exception cref="InvalidOperationException">Somebody else reads the stream.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async IAsyncEnumerable<RouteEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            throw new InvalidOperationException("The stream of a monitor has one reader at a time.");
        }

        try
        {
            while (true)
            {
                while (_events.TryDequeue(out RouteEvent? next))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return next;
                }

                if (await _reader.WaitAsync(cancellationToken).ConfigureAwait(false))
                {
                    ReadDatagram();
                }
                else
                {
                    BeginAgain();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isRead, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private void ReadDatagram()
    {
        MessageReader messages = new(_reader.Read(out bool lost));
        if (lost)
        {
            BeginAgain();
            return;
        }

        while (messages.MoveNext())
        {
            if (RouteEventParser.Parse(messages.Header.nlmsg_type, messages.Payload) is { } happened)
            {
                _events.Enqueue(happened);
            }
        }
    }

    private void BeginAgain()
    {
        _reader.Discard();
        _events.Enqueue(new RouteEvent(RouteEventKind.Resync));
    }

    private static IEnumerable<int> Groups(RouteTopics topics)
    {
        (RouteTopics Topic, int Group)[] all =
        [
            (RouteTopics.Links, NetlinkConstants.RTNLGRP_LINK),
            (RouteTopics.Addresses, NetlinkConstants.RTNLGRP_IPV4_IFADDR),
            (RouteTopics.Addresses, NetlinkConstants.RTNLGRP_IPV6_IFADDR),
            (RouteTopics.Routes, NetlinkConstants.RTNLGRP_IPV4_ROUTE),
            (RouteTopics.Routes, NetlinkConstants.RTNLGRP_IPV6_ROUTE),
            (RouteTopics.Neighbours, NetlinkConstants.RTNLGRP_NEIGH),
            (RouteTopics.Rules, NetlinkConstants.RTNLGRP_IPV4_RULE),
            (RouteTopics.Rules, NetlinkConstants.RTNLGRP_IPV6_RULE),
        ];
        return all.Where(pair => (pair.Topic & topics) != 0).Select(pair => pair.Group);
    }
}
