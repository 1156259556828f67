using System.Net;
using System.Net.Sockets;

using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Route;

namespace Viper.Net;

public sealed partial class RouteSocket
{
    /// <summary>All IP addresses of the namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<LinkAddress> ListAddresses(CancellationToken cancellationToken = default) =>
        ListAddresses(AddressFamily.Unspecified, cancellationToken);

    /// <summary>The addresses of one family; the kernel sends no others.</summary>
    /// <param name="family">IPv4, IPv6, or unspecified for both.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">Another family.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<LinkAddress> ListAddresses(AddressFamily family, CancellationToken cancellationToken = default)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        writer.BeginMessage(AddressConstants.RTM_GETADDR, List, 0, new ifaddrmsg { ifa_family = Family(family) });
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], AddressParser.Parse, "list addresses", null, cancellationToken: cancellationToken);
    }

    /// <summary>Gives a link an address.</summary>
    /// <returns>False when the link has it.</returns>
    /// <exception cref="NetlinkException">There is no such link, or the kernel refused.</exception>
    public bool AddAddress(int linkIndex, IPAddress address, int prefixLength)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteAddress(ref writer, AddressConstants.RTM_NEWADDR, Create, linkIndex, address, prefixLength);
        return Send(ref writer, buffer, "add address", $"{address}/{prefixLength}", ErrnoConstants.EEXIST) == 0;
    }

    /// <summary>Takes an address from a link.</summary>
    /// <returns>False when the link, or the address on it, is not there.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteAddress(int linkIndex, IPAddress address, int prefixLength)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        WriteAddress(ref writer, AddressConstants.RTM_DELADDR, Change, linkIndex, address, prefixLength);
        return Send(
            ref writer, buffer, "delete address", $"{address}/{prefixLength}", ErrnoConstants.EADDRNOTAVAIL, ErrnoConstants.ENODEV) == 0;
    }

    private static void WriteAddress(ref MessageWriter writer, int type, int flags, int linkIndex, IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        byte family = Family(address);
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, family == NetlinkConstants.AF_INET ? 32 : 128);
        ifaddrmsg header = new() { ifa_family = family, ifa_prefixlen = (byte)prefixLength, ifa_index = (uint)linkIndex };
        writer.BeginMessage(type, flags, 0, header);
        writer.AttributeIp(AddressConstants.IFA_LOCAL, address);
        writer.AttributeIp(AddressConstants.IFA_ADDRESS, address);
    }
}
