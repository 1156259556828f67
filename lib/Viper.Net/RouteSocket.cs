using System.Net;
using System.Net.Sockets;

using Viper.Net.Internal;
using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net;

/// <summary>A connection to the kernel's routing and link tables (rtnetlink).</summary>
/// <remarks>
/// It belongs for life to the network namespace of the thread that made it. Safe for many threads at once; requests are
/// answered one after another on the caller's thread, because the kernel answers while it takes the request. Changes need
/// CAP_NET_ADMIN. Expected outcomes (exists, absent) are return values; everything else is a <see cref="NetlinkException"/>
/// and leaves the socket usable.
/// </remarks>
public sealed partial class RouteSocket : IDisposable
{
    // Fits every request of this class; the largest, a veth pair, takes some 150 bytes.
    private const int RequestBuffer = 512;

    private const int Change = NetlinkConstants.NLM_F_REQUEST | NetlinkConstants.NLM_F_ACK;
    private const int Create = Change | NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_EXCL;
    private const int Replace = Change | NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_REPLACE;
    private const int List = NetlinkConstants.NLM_F_REQUEST | NetlinkConstants.NLM_F_DUMP;

    private readonly NetlinkChannel _channel;

    /// <summary>Opens a socket in the network namespace of the calling thread.</summary>
    /// <exception cref="NetlinkException">The kernel gave no socket.</exception>
    public RouteSocket()
        : this(new NetlinkSocket(NetlinkConstants.NETLINK_ROUTE))
    {
    }

    internal RouteSocket(INetlinkTransport transport) => _channel = new NetlinkChannel(transport);

    /// <summary>How much the kernel has answered through this socket so far, in bytes.</summary>
    public long ReceivedBytes => _channel.ReceivedBytes;

    /// <summary>Closes the socket; calls under way on other threads finish first.</summary>
    public void Dispose() => _channel.Dispose();

    private static byte Family(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => NetlinkConstants.AF_INET,
        AddressFamily.InterNetworkV6 => NetlinkConstants.AF_INET6,
        _ => throw new ArgumentException($"{address} is neither an IPv4 nor an IPv6 address.", nameof(address)),
    };

    private static byte Family(AddressFamily family) => family switch
    {
        AddressFamily.Unspecified => NetlinkConstants.AF_UNSPEC,
        AddressFamily.InterNetwork => NetlinkConstants.AF_INET,
        AddressFamily.InterNetworkV6 => NetlinkConstants.AF_INET6,
        _ => throw new ArgumentException($"{family} is neither IPv4 nor IPv6.", nameof(family)),
    };

    private int Send(ref MessageWriter writer, Span<byte> buffer, string operation, RequestTarget target, int expected = 0, int alsoExpected = 0)
    {
        writer.EndMessage();
        return _channel.Request(buffer[..writer.Length], operation, target, expected, alsoExpected);
    }

    private static RequestTarget Describe(int linkIndex) => new(null, linkIndex);
}
