using System.Text;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    private const int MaxAlias = 255;

    /// <summary>Makes a bridge, down and without address.</summary>
    /// <returns>False when a link of that name exists.</returns>
    /// <remarks>Spanning tree stays off and the forward delay is zero, so that a port works as soon as it is up.</remarks>
    /// <exception cref="ArgumentException">The name is not valid (see <see cref="LinkName"/>).</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool AddBridge(string name)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Create, 0, default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        int info = writer.BeginNest(LinkConstants.IFLA_LINKINFO);
        writer.AttributeText(LinkConstants.IFLA_INFO_KIND, LinkKind.Bridge);
        int data = writer.BeginNest(LinkConstants.IFLA_INFO_DATA);
        writer.AttributeUInt32(BridgeConstants.IFLA_BR_FORWARD_DELAY, 0);
        writer.AttributeUInt32(BridgeConstants.IFLA_BR_STP_STATE, 0);
        writer.EndNest(data);
        writer.EndNest(info);
        return Send(ref writer, buffer, "add bridge", name, ErrnoConstants.EEXIST) == 0;
    }

    /// <summary>Makes a virtual cable; both ends are down.</summary>
    /// <param name="name">The end in this namespace.</param>
    /// <param name="peerName">The other end.</param>
    /// <param name="peerNamespace">Where the other end goes; null keeps it here.</param>
    /// <returns>False when a link of one of the names exists.</returns>
    /// <exception cref="ArgumentException">A name is not valid.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool AddVeth(string name, string peerName, NetworkNamespace? peerNamespace = null)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        LinkName.ThrowIfInvalid(peerName, nameof(peerName));
        using HandleLease descriptor = HandleLease.Of(peerNamespace?.Handle);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Create, 0, default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        int info = writer.BeginNest(LinkConstants.IFLA_LINKINFO);
        writer.AttributeText(LinkConstants.IFLA_INFO_KIND, LinkKind.Veth);
        int data = writer.BeginNest(LinkConstants.IFLA_INFO_DATA);
        int peer = writer.BeginNest(LinkConstants.VETH_INFO_PEER);
        writer.Structure(default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, peerName);
        if (peerNamespace is not null)
        {
            writer.AttributeInt32(LinkConstants.IFLA_NET_NS_FD, descriptor.Value);
        }

        writer.EndNest(peer);
        writer.EndNest(data);
        writer.EndNest(info);
        return Send(ref writer, buffer, "add veth pair", name, ErrnoConstants.EEXIST) == 0;
    }

    /// <summary>Finds a link by name; null when there is none.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public Link? GetLink(string name)
    {
        if (!LinkName.IsValid(name))
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_GETLINK, Change, 0, default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        writer.AttributeUInt32(LinkConstants.IFLA_EXT_MASK, LinkConstants.RTEXT_FILTER_SKIP_STATS);
        writer.EndMessage();
        return _channel.Get(buffer[..writer.Length], LinkParser.Parse, "get link", name, ErrnoConstants.ENODEV);
    }

    /// <summary>Finds a link by index; null when there is none.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public Link? GetLink(int index)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_GETLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeUInt32(LinkConstants.IFLA_EXT_MASK, LinkConstants.RTEXT_FILTER_SKIP_STATS);
        writer.EndMessage();
        return _channel.Get(
            buffer[..writer.Length], LinkParser.Parse, "get link", Describe(index), ErrnoConstants.ENODEV, ErrnoConstants.EINVAL);
    }

    /// <summary>All links of the namespace, in the kernel's order.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Link> ListLinks(CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_GETLINK, List, 0, default(ifinfomsg));
        writer.AttributeUInt32(LinkConstants.IFLA_EXT_MASK, LinkConstants.RTEXT_FILTER_SKIP_STATS);
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], LinkParser.Parse, "list links", null, cancellationToken: cancellationToken);
    }

    /// <summary>Deletes a link.</summary>
    /// <returns>False when there is none of that index.</returns>
    /// <remarks>Takes some 17 ms, in which the kernel waits for readers of its tables.</remarks>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteLink(int index)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_DELLINK, Change, 0, new ifinfomsg { ifi_index = index });
        return Send(ref writer, buffer, "delete link", Describe(index), ErrnoConstants.ENODEV) == 0;
    }

    /// <summary>Deletes a link.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteLink(string name)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_DELLINK, Change, 0, default(ifinfomsg));
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        return Send(ref writer, buffer, "delete link", name, ErrnoConstants.ENODEV) == 0;
    }

    /// <summary>Sets a link up or down.</summary>
    /// <exception cref="NetlinkException">There is no such link, or the kernel refused.</exception>
    public void SetUp(int index, bool up = true)
    {
        uint flags = up ? (uint)LinkConstants.IFF_UP : 0;
        ifinfomsg header = new() { ifi_index = index, ifi_flags = flags, ifi_change = LinkConstants.IFF_UP };
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, header);
        Send(ref writer, buffer, up ? "set link up" : "set link down", Describe(index));
    }

    /// <summary>Puts a link into a bridge; null takes it out of whatever it is in.</summary>
    /// <exception cref="NetlinkException">There is no such link, or the kernel refused.</exception>
    public void SetMaster(int index, int? master)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeInt32(LinkConstants.IFLA_MASTER, master ?? 0);
        Send(ref writer, buffer, "set master of link", Describe(index));
    }

    /// <summary>Sets the largest packet, in bytes.</summary>
    /// <exception cref="NetlinkException">There is no such link, or the size is outside what it can do.</exception>
    public void SetMtu(int index, int mtu)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mtu);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeInt32(LinkConstants.IFLA_MTU, mtu);
        Send(ref writer, buffer, "set MTU of link", Describe(index));
    }

    /// <summary>Sets the Ethernet address.</summary>
    /// <exception cref="NetlinkException">There is no such link, or the kernel refused the address.</exception>
    public void SetMac(int index, MacAddress address)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeMac(LinkConstants.IFLA_ADDRESS, address);
        Send(ref writer, buffer, "set Ethernet address of link", Describe(index));
    }

    /// <summary>Renames a link, which must be down on older kernels.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="NetlinkException">There is no such link, the name is taken, or the kernel refused.</exception>
    public void Rename(int index, string name)
    {
        LinkName.ThrowIfInvalid(name, nameof(name));
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeText(LinkConstants.IFLA_IFNAME, name);
        Send(ref writer, buffer, "rename link", Describe(index));
    }

    /// <summary>Gives a link a free text (ifalias) of at most 255 bytes; an empty text takes it away.</summary>
    /// <exception cref="NetlinkException">There is no such link, or the kernel refused.</exception>
    public void SetAlias(int index, string alias)
    {
        ArgumentNullException.ThrowIfNull(alias);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(alias), MaxAlias, nameof(alias));
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        // The kernel takes the bytes without a closing NUL.
        writer.Attribute(LinkConstants.IFLA_IFALIAS, Encoding.UTF8.GetBytes(alias));
        Send(ref writer, buffer, "set alias of link", Describe(index));
    }

    /// <summary>Moves a link into another namespace, where it has another index and is down.</summary>
    /// <exception cref="NetlinkException">There is no such link, the name is taken there, or the kernel refused.</exception>
    public void Move(int index, NetworkNamespace destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Move(index, destination.Handle);
    }

    /// <summary>Moves a link into the namespace of a descriptor of <c>/proc/PID/ns/net</c> or <c>/run/netns/NAME</c>.</summary>
    /// <exception cref="NetlinkException">There is no such link, the name is taken there, or the kernel refused.</exception>
    public void Move(int index, SafeFileHandle destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using HandleLease descriptor = HandleLease.Of(destination);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(LinkConstants.RTM_NEWLINK, Change, 0, new ifinfomsg { ifi_index = index });
        writer.AttributeInt32(LinkConstants.IFLA_NET_NS_FD, descriptor.Value);
        Send(ref writer, buffer, "move link to another namespace", Describe(index));
    }
}
