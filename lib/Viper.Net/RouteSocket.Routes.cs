using System.Net;
using System.Net.Sockets;

using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    /// <summary>All routes of the namespace, those of the kernel's own local table too.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Route> ListRoutes(CancellationToken cancellationToken = default) =>
        ListRoutes(AddressFamily.Unspecified, cancellationToken);

    /// <summary>The routes of one family; the kernel sends no others.</summary>
    /// <param name="family">IPv4, IPv6, or unspecified for both.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">Another family.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Route> ListRoutes(AddressFamily family, CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(AddressConstants.RTM_GETROUTE, List, 0, new rtmsg { rtm_family = Family(family) });
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], RouteParser.Parse, "list routes", null, cancellationToken: cancellationToken);
    }

    /// <summary>Adds a route to the main table.</summary>
    /// <param name="destination">Where it leads; a prefix length of 0 is the default route.</param>
    /// <param name="gateway">The next hop, or null when the destination is on the link itself.</param>
    /// <param name="linkIndex">The link; may be null when there is a gateway.</param>
    /// <returns>False when there is a route to that place with the same cost.</returns>
    /// <exception cref="ArgumentException">Neither gateway nor link is given.</exception>
    /// <exception cref="NetlinkException">The gateway cannot be reached, or the kernel refused.</exception>
    public bool AddRoute(IPNetwork destination, IPAddress? gateway, int? linkIndex = null)
    {
        if (gateway is null && linkIndex is null)
        {
            throw new ArgumentException("A route needs a gateway or a link.", nameof(gateway));
        }

        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteRoute(ref writer, AddressConstants.RTM_NEWROUTE, Create, destination, gateway, linkIndex);
        return Send(ref writer, buffer, "add route", destination.ToString(), ErrnoConstants.EEXIST) == 0;
    }

    /// <summary>Adds the IPv4 or IPv6 default route.</summary>
    /// <returns>False when there is one with the same cost.</returns>
    /// <exception cref="NetlinkException">The gateway cannot be reached, or the kernel refused.</exception>
    public bool AddDefaultRoute(IPAddress gateway)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        IPAddress any = Family(gateway) == NetlinkConstants.AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
        return AddRoute(new IPNetwork(any, 0), gateway);
    }

    /// <summary>Deletes a route of the main table.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteRoute(IPNetwork destination, IPAddress? gateway = null, int? linkIndex = null)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteRoute(ref writer, AddressConstants.RTM_DELROUTE, Change, destination, gateway, linkIndex);
        return Send(ref writer, buffer, "delete route", destination.ToString(), ErrnoConstants.ESRCH) == 0;
    }

    private static void WriteRoute(
        ref MessageWriter writer, int type, int flags, IPNetwork destination, IPAddress? gateway, int? linkIndex)
    {
        bool deletion = type == AddressConstants.RTM_DELROUTE;
        rtmsg header = new()
        {
            rtm_family = Family(destination.BaseAddress),
            rtm_dst_len = (byte)destination.PrefixLength,
            rtm_table = AddressConstants.RT_TABLE_MAIN,
            rtm_protocol = deletion ? (byte)0 : (byte)AddressConstants.RTPROT_BOOT,
            // When deleting, a scope of "nowhere" matches any.
            rtm_scope = (byte)(deletion ? 255 : gateway is null ? AddressConstants.RT_SCOPE_LINK : AddressConstants.RT_SCOPE_UNIVERSE),
            rtm_type = deletion ? (byte)0 : (byte)AddressConstants.RTN_UNICAST,
        };
        writer.BeginMessage(type, flags, 0, header);
        if (destination.PrefixLength > 0)
        {
            writer.AttributeIp(AddressConstants.RTA_DST, destination.BaseAddress);
        }

        if (gateway is not null)
        {
            writer.AttributeIp(AddressConstants.RTA_GATEWAY, gateway);
        }

        if (linkIndex is { } index)
        {
            writer.AttributeInt32(AddressConstants.RTA_OIF, index);
        }
    }
}
