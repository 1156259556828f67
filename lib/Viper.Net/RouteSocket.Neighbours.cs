using System.Net;

using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    /// <summary>Entries of the neighbour tables, IPv4 and IPv6.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<Neighbour> ListNeighbours(CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(AddressConstants.RTM_GETNEIGH, List, 0, default(ndmsg));
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], NeighbourParser.Parse, "list neighbours", null, cancellationToken: cancellationToken);
    }

    /// <summary>Adds, or replaces, a neighbour that never ages.</summary>
    /// <exception cref="NetlinkException">There is no such link, or the kernel refused.</exception>
    public void SetNeighbour(int linkIndex, IPAddress address, MacAddress mac)
    {
        ArgumentNullException.ThrowIfNull(address);
        ndmsg header = new()
        {
            ndm_family = Family(address),
            ndm_ifindex = linkIndex,
            ndm_state = AddressConstants.NUD_PERMANENT,
        };
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(AddressConstants.RTM_NEWNEIGH, Replace, 0, header);
        writer.AttributeIp(AddressConstants.NDA_DST, address);
        writer.AttributeMac(AddressConstants.NDA_LLADDR, mac);
        Send(ref writer, buffer, "set neighbour", address.ToString());
    }

    /// <summary>Deletes a neighbour.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteNeighbour(int linkIndex, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(
            AddressConstants.RTM_DELNEIGH, Change, 0, new ndmsg { ndm_family = Family(address), ndm_ifindex = linkIndex });
        writer.AttributeIp(AddressConstants.NDA_DST, address);
        return Send(ref writer, buffer, "delete neighbour", address.ToString(), ErrnoConstants.ENOENT, ErrnoConstants.ENODEV) == 0;
    }
}
