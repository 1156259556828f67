using Viper.Net.Internal;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    private static readonly MessageHandler s_visit = static (receiver, type, payload) =>
    {
        if (type == LinkConstants.RTM_NEWLINK && LinkParser.TryRead(payload, out LinkMessage link))
        {
            ((ILinkVisitor)receiver).Visit(link);
        }
    };

    private static readonly Action<object> s_beginVisit = static receiver => ((ILinkVisitor)receiver).Begin();

    /// <summary>Changes several things of a link in one request.</summary>
    /// <remarks>Equivalent to: <c>ip link set dev NAME master … mtu … up</c>.</remarks>
    /// <exception cref="NetlinkException">The kernel refused; ENODEV: there is no such link.</exception>
    public void SetLink(int index, LinkChange change)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteChange(ref writer, index, change);
        Send(ref writer, buffer, "change link", Describe(index));
    }

    /// <summary>The same for a link that is known by name, which saves asking for its index.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="NetlinkException">The kernel refused; ENODEV: there is no such link.</exception>
    public void SetLink(string name, LinkChange change)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteChange(ref writer, 0, change);
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        Send(ref writer, buffer, "change link", name);
    }

    /// <summary>Puts a link into a group, so that it can be deleted with others.</summary>
    /// <param name="index">The link.</param>
    /// <param name="group">Any number; 0 is the group of all links that were put in none.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetGroup(int index, uint group) => SetLink(index, new LinkChange { Group = group });

    /// <summary>Deletes every link of a group in one request, at a small part of the cost of deleting them one by one.</summary>
    /// <param name="group">Not 0, which is the group of everything else on the host.</param>
    /// <returns>False when the group has no link.</returns>
    /// <remarks>
    /// The call returns when the links are gone, after some 17 ms whatever their number; requests of other threads through
    /// this socket go on meanwhile. Equivalent to: <c>ip link del group N</c>.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The group is 0.</exception>
    /// <exception cref="NetlinkException">The kernel refused; a link that cannot be deleted (EOPNOTSUPP) keeps the whole group.</exception>
    public bool DeleteGroup(uint group)
    {
        ArgumentOutOfRangeException.ThrowIfZero(group);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_DELLINK, Change, 0, default(ifinfomsg));
        writer.AttributeUInt32(LinkConstants.IFLA_GROUP, group);
        return Send(ref writer, buffer, "delete the links of group", GroupText(group), ErrnoConstants.ENODEV) == 0;
    }

    /// <summary>Shows all links to a visitor without allocating anything for them.</summary>
    /// <param name="visitor">Called while the socket is held, by whichever thread reads it: it must not use this socket.</param>
    /// <param name="cancellationToken">Ends the list between two parts of it.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void VisitLinks(ILinkVisitor visitor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_GETLINK, List, 0, default(ifinfomsg));
        writer.AttributeUInt32(LinkConstants.IFLA_EXT_MASK, LinkConstants.RTEXT_FILTER_SKIP_STATS);
        writer.EndMessage();
        _channel.Dump(buffer[..writer.Length], s_visit, visitor, s_beginVisit, "list links", null, 0, cancellationToken);
    }

    /// <summary>Moves a link into the network namespace of a process.</summary>
    /// <exception cref="NetlinkException">The kernel refused; ESRCH: there is no such process.</exception>
    public void MoveToProcess(int index, int processId)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeInt32(LinkConstants.IFLA_NET_NS_PID, processId);
        Send(ref writer, buffer, "move link to another namespace", Describe(index));
    }

    private static void WriteChange(ref MessageWriter writer, int index, in LinkChange change)
    {
        ifinfomsg header = new()
        {
            ifi_index = index,
            ifi_flags = change.Up == true ? (uint)LinkConstants.IFF_UP : 0,
            ifi_change = change.Up is null ? 0 : (uint)LinkConstants.IFF_UP,
        };
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, header);
        if (change.Address is { } address)
        {
            writer.AttributeMac(LinkConstants.IFLA_ADDRESS, address);
        }

        if (change.Mtu is { } mtu)
        {
            writer.AttributeInt32(LinkConstants.IFLA_MTU, mtu);
        }

        if (change.Master is { } master)
        {
            writer.AttributeInt32(LinkConstants.IFLA_MASTER, master);
        }

        if (change.Group is { } group)
        {
            writer.AttributeUInt32(LinkConstants.IFLA_GROUP, group);
        }
    }

    private static string GroupText(uint group) => group.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
