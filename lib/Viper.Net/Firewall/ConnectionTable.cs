using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

using Viper.Net.Internal;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

/// <summary>The kernel's table of IPv4 connections (ctnetlink): what it holds of an address, and taking that away.</summary>
/// <remarks>
/// It belongs for life to the network namespace of the thread that opened it. Safe for many threads at once. Needs
/// CAP_NET_ADMIN. Facts: linux/netfilter/nfnetlink_conntrack.h.
/// </remarks>
public sealed class ConnectionTable : IDisposable
{
    private const int RequestBuffer = 512;

    // The kernel's own numbers, in no header for programs (include/net/netfilter/nf_internals.h): compare the source of a tuple.
    private const uint BySource = 1;

    // Each address costs two walks of the table within the kernel; for more it is cheaper to be shown all of it once.
    private const int FewAddresses = 4;

    private readonly NetlinkChannel _channel;

    private ConnectionTable(INetlinkTransport transport) => _channel = new NetlinkChannel(transport);

    /// <summary>Opens a socket in the network namespace of the calling thread.</summary>
    /// <returns>Null where the kernel has no such interface (CONFIG_NF_CT_NETLINK).</returns>
    /// <exception cref="NetlinkException">The kernel gave no socket, or refused for another reason.</exception>
    public static ConnectionTable? TryOpen() => TryOpen(new NetlinkSocket(NetlinkConstants.NETLINK_NETFILTER));

    internal static ConnectionTable? TryOpen(INetlinkTransport transport)
    {
        ConnectionTable table = new(transport);
        try
        {
            Span<byte> buffer = stackalloc byte[RequestBuffer];
            MessageWriter writer = new(buffer);
            Begin(ref writer, ConntrackConstants.IPCTNL_MSG_CT_GET_STATS, NetlinkConstants.NLM_F_ACK);
            writer.EndMessage();

            // The kernel says EINVAL where nobody serves the number of a subsystem (net/netfilter/nfnetlink.c).
            if (table._channel.Request(buffer[..writer.Length], "count connections", null, ErrnoConstants.EINVAL, ErrnoConstants.EOPNOTSUPP) == 0)
            {
                return table;
            }
        }
        catch
        {
            table.Dispose();
            throw;
        }

        table.Dispose();
        return null;
    }

    /// <summary>The connections that an address has a part in, as sender or receiver, before or after translation; all for null.</summary>
    /// <exception cref="ArgumentException">It is not an IPv4 address.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<TrackedConnection> List(IPAddress? address = null) =>
        address is null ? Dump(null, 0, null) : Find([Number(address)]);

    /// <summary>The connections that any address of a network has a part in.</summary>
    /// <exception cref="ArgumentException">It is not an IPv4 network.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<TrackedConnection> List(IPNetwork network)
    {
        uint first = Number(network.BaseAddress);
        uint mask = network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength);
        return Dump(null, 0, number => (number & mask) == first);
    }

    /// <summary>Forgets a connection; its next packet begins a new one, or none.</summary>
    /// <returns>False when it has ended already, though another with the same tuple may have begun.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool Delete(TrackedConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, ConntrackConstants.IPCTNL_MSG_CT_DELETE, NetlinkConstants.NLM_F_ACK);
        writer.Attribute(ConntrackConstants.CTA_TUPLE_ORIG | NetlinkConstants.NLA_F_NESTED, connection.OriginalBytes.Span);
        writer.AttributeUInt32BigEndian(ConntrackConstants.CTA_ID, connection.Id);
        if (connection.Zone != 0)
        {
            writer.AttributeUInt16BigEndian(ConntrackConstants.CTA_ZONE, connection.Zone);
        }

        writer.EndMessage();
        return _channel.Request(buffer[..writer.Length], "delete connection", connection.Original.Source.ToString(), ErrnoConstants.ENOENT) == 0;
    }

    /// <summary>Forgets all connections that any of the addresses has a part in.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="ArgumentException">One is not an IPv4 address.</exception>
    /// <exception cref="NetlinkException">The kernel refused; calling again goes on from there.</exception>
    public int Delete(IEnumerable<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        return Find([.. addresses.Select(Number)]).Count(Delete);
    }

    /// <summary>Closes the socket; calls under way on other threads finish first.</summary>
    public void Dispose() => _channel.Dispose();

    private List<TrackedConnection> Find(HashSet<uint> addresses)
    {
        if (addresses.Count > FewAddresses)
        {
            return Dump(null, 0, addresses.Contains);
        }

        // Who sends in either direction: whoever receives in one of them sends in the other, before or after translation.
        Dictionary<uint, TrackedConnection> found = [];
        foreach (uint address in addresses)
        {
            foreach (int direction in (int[])[ConntrackConstants.CTA_TUPLE_ORIG, ConntrackConstants.CTA_TUPLE_REPLY])
            {
                foreach (TrackedConnection connection in Dump(address, direction, number => number == address))
                {
                    found[connection.Id] = connection;
                }
            }
        }

        return [.. found.Values];
    }

    /// <summary><c>IPCTNL_MSG_CT_GET = nfgenmsg, [CTA_FILTER { CTA_FILTER_*_FLAGS }, CTA_TUPLE_* { CTA_TUPLE_IP { CTA_IP_V4_SRC } }]</c>.</summary>
    /// <remarks>Kernels before 5.8 know no filter and show everything, so what is not wanted is left out here too.</remarks>
    private List<TrackedConnection> Dump(uint? source, int direction, Func<uint, bool>? isWanted)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, ConntrackConstants.IPCTNL_MSG_CT_GET, NetlinkConstants.NLM_F_DUMP);
        if (source is { } wanted)
        {
            int filter = writer.BeginNest(ConntrackConstants.CTA_FILTER);
            writer.AttributeUInt32(
                direction == ConntrackConstants.CTA_TUPLE_ORIG ? ConntrackConstants.CTA_FILTER_ORIG_FLAGS : ConntrackConstants.CTA_FILTER_REPLY_FLAGS, BySource);
            writer.EndNest(filter);
            int tuple = writer.BeginNest(direction);
            int addresses = writer.BeginNest(ConntrackConstants.CTA_TUPLE_IP);
            writer.AttributeUInt32BigEndian(ConntrackConstants.CTA_IP_V4_SRC, wanted);
            writer.EndNest(addresses);
            writer.EndNest(tuple);
        }

        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], (type, payload) => ConnectionParser.Parse(type, payload, isWanted), "list connections", null);
    }

    private static void Begin(ref MessageWriter writer, int type, int flags) => writer.BeginMessage(
        (ConntrackConstants.NFNL_SUBSYS_CTNETLINK << 8) | type,
        NetlinkConstants.NLM_F_REQUEST | flags,
        0,
        new nfgenmsg { nfgen_family = NftMessageConstants.NFPROTO_IPV4, version = NftMessageConstants.NFNETLINK_V0 });

    private static uint Number(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
    }
}
