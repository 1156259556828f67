using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    /// <summary>Changes the settings of a bridge port; those that are null stay as they are.</summary>
    /// <exception cref="NetlinkException">The link is not a bridge port, or the kernel refused.</exception>
    public void SetBridgePort(int index, BridgePortSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        ifinfomsg header = new() { ifi_family = NetlinkConstants.AF_BRIDGE, ifi_index = index };
        writer.BeginMessage(LinkConstants.RTM_SETLINK, Change, 0, header);
        int nest = writer.BeginNest(LinkConstants.IFLA_PROTINFO);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_ISOLATED, settings.Isolated);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_LEARNING, settings.Learning);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_UNICAST_FLOOD, settings.UnicastFlood);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_MCAST_FLOOD, settings.MulticastFlood);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_BCAST_FLOOD, settings.BroadcastFlood);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_NEIGH_SUPPRESS, settings.NeighbourSuppression);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_GUARD, settings.Guard);
        Write(ref writer, BridgeConstants.IFLA_BRPORT_MODE, settings.Hairpin);
        writer.EndNest(nest);
        Send(ref writer, buffer, "set bridge port", Describe(index));
    }

    /// <summary>Pins an Ethernet address to a bridge port, so that it neither ages nor moves.</summary>
    /// <remarks>
    /// Equivalent to <c>bridge fdb replace MAC dev PORT master static</c>. What iproute2 calls "permanent" would make the
    /// address the bridge's own, and its frames would go to the host instead of the port.
    /// </remarks>
    /// <exception cref="NetlinkException">The link is not a bridge port, or the kernel refused.</exception>
    public void SetForwarding(int portIndex, MacAddress mac)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteForwarding(ref writer, AddressConstants.RTM_NEWNEIGH, Replace, portIndex, mac);
        Send(ref writer, buffer, "pin forwarding entry", mac.ToString());
    }

    /// <summary>Deletes an entry of a bridge's forwarding table.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="NetlinkException">The link is not a bridge port, or the kernel refused.</exception>
    public bool DeleteForwarding(int portIndex, MacAddress mac)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteForwarding(ref writer, AddressConstants.RTM_DELNEIGH, Change, portIndex, mac);
        return Send(ref writer, buffer, "delete forwarding entry", mac.ToString(), ErrnoConstants.ENOENT, ErrnoConstants.ENODEV) == 0;
    }

    /// <summary>The forwarding tables of all bridges.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<ForwardingEntry> ListForwarding(CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(AddressConstants.RTM_GETNEIGH, List, 0, new ndmsg { ndm_family = NetlinkConstants.AF_BRIDGE });
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], NeighbourParser.ParseForwarding, "list forwarding entries", null, cancellationToken: cancellationToken);
    }

    private static void WriteForwarding(ref MessageWriter writer, int type, int flags, int portIndex, MacAddress mac)
    {
        ndmsg header = new()
        {
            ndm_family = NetlinkConstants.AF_BRIDGE,
            ndm_ifindex = portIndex,
            ndm_state = AddressConstants.NUD_NOARP,
            ndm_flags = AddressConstants.NTF_MASTER,
        };
        writer.BeginMessage(type, flags, 0, header);
        writer.AttributeMac(AddressConstants.NDA_LLADDR, mac);
    }

    private static void Write(ref MessageWriter writer, int type, bool? value)
    {
        if (value is { } set)
        {
            writer.AttributeFlag(type, set);
        }
    }
}
