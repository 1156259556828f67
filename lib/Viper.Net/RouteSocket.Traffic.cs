using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    private const int ReplaceOrCreate = Change | NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_REPLACE;

    /// <summary>Puts a queueing discipline on a link, in place of the one that hangs there.</summary>
    /// <remarks>Equivalent to: <c>tc qdisc replace dev … root tbf rate … burst … limit …</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A rate or burst is 0.</exception>
    /// <exception cref="NetlinkException">The kernel refused; ENOENT: it does not know the kind.</exception>
    public void SetQueue(int linkIndex, TrafficQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        TrafficEncoder.WriteQueue(ref writer, ReplaceOrCreate, linkIndex, queue);
        Send(ref writer, buffer, $"set {queue.Kind} queue of", Describe(linkIndex));
    }

    /// <summary>Takes a queueing discipline off a link, with its classes and filters.</summary>
    /// <returns>False when none of ours hangs there.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteQueue(int linkIndex, TrafficHandle parent)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(TrafficConstants.RTM_DELQDISC, Change, 0, TrafficEncoder.Head(linkIndex, default, parent));
        // EINVAL and ENOENT: only the kernel's own discipline hangs there (net/sched/sch_api.c, tc_get_qdisc).
        return Send(ref writer, buffer, "delete queue of", Describe(linkIndex), ErrnoConstants.ENOENT, ErrnoConstants.EINVAL) == 0;
    }

    /// <summary>The queueing disciplines of all links.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<TrafficQueueState> ListQueues(CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(TrafficConstants.RTM_GETQDISC, List, 0, default(tcmsg));
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], TrafficParser.ParseQueue, "list queues", null, cancellationToken: cancellationToken);
    }

    /// <summary>Adds a class to a <see cref="ClassfulQueue"/>, or changes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is 0.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetClass(int linkIndex, TrafficClass item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        TrafficEncoder.WriteClass(ref writer, ReplaceOrCreate, linkIndex, item);
        Send(ref writer, buffer, "set traffic class of", Describe(linkIndex));
    }

    /// <summary>Deletes a class.</summary>
    /// <returns>False when there is no such class.</returns>
    /// <exception cref="NetlinkException">The kernel refused; EBUSY: a filter or class depends on it.</exception>
    public bool DeleteClass(int linkIndex, TrafficHandle handle)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(TrafficConstants.RTM_DELTCLASS, Change, 0, TrafficEncoder.Head(linkIndex, handle, default));
        return Send(ref writer, buffer, "delete traffic class of", Describe(linkIndex), ErrnoConstants.ENOENT) == 0;
    }

    /// <summary>The classes of a link.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<TrafficQueueState> ListClasses(int linkIndex, CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(TrafficConstants.RTM_GETTCLASS, List, 0, TrafficEncoder.Head(linkIndex, default, default));
        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], TrafficParser.ParseQueue, "list traffic classes", Describe(linkIndex), ErrnoConstants.ENODEV, cancellationToken);
    }

    /// <summary>Adds a filter after those of the same priority.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The priority is 0, or there are more than 16 matches.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void AddFilter(int linkIndex, TrafficFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        TrafficEncoder.WriteFilter(ref writer, Create, linkIndex, filter);
        Send(ref writer, buffer, "add traffic filter to", Describe(linkIndex));
    }

    /// <summary>Deletes every filter of one priority.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteFilters(int linkIndex, TrafficHandle parent, ushort priority)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(TrafficConstants.RTM_DELTFILTER, Change, 0, TrafficEncoder.FilterHead(linkIndex, parent, priority, 0));
        return Send(ref writer, buffer, "delete traffic filters of", Describe(linkIndex), ErrnoConstants.ENOENT, ErrnoConstants.EINVAL) == 0;
    }

    /// <summary>The filters that a discipline of a link asks.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<TrafficFilterState> ListFilters(int linkIndex, TrafficHandle parent, CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(TrafficConstants.RTM_GETTFILTER, List, 0, TrafficEncoder.Head(linkIndex, default, parent));
        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], TrafficParser.ParseFilter, "list traffic filters", Describe(linkIndex), ErrnoConstants.EINVAL, cancellationToken);
    }
}
