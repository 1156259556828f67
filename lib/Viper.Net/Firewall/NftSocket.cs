using Viper.Net.Internal;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

/// <summary>A connection to the kernel's packet filter (nf_tables over nfnetlink).</summary>
/// <remarks>
/// It belongs for life to the network namespace of the thread that made it. Safe for many threads at once. Needs
/// CAP_NET_ADMIN, for reading too.
/// </remarks>
public sealed partial class NftSocket : IDisposable
{
    private const int RequestBuffer = 512;

    private readonly NetlinkChannel _channel;

    /// <summary>Opens a socket in the network namespace of the calling thread.</summary>
    /// <exception cref="NetlinkException">The kernel gave no socket.</exception>
    public NftSocket()
        : this(new NetlinkSocket(NetlinkConstants.NETLINK_NETFILTER))
    {
    }

    internal NftSocket(INetlinkTransport transport) => _channel = new NetlinkChannel(transport);

    /// <summary>How much the kernel has answered through this socket so far, in bytes.</summary>
    public long ReceivedBytes => _channel.ReceivedBytes;

    /// <summary>Makes all changes of a transaction, or none.</summary>
    /// <exception cref="NetlinkException">The kernel refused one; the exception names it, and nothing was changed.</exception>
    public void Commit(NftTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.Count == 0)
        {
            return;
        }

        Span<byte> batch = transaction.Assemble(out ReadOnlySpan<int> offsets);
        if (_channel.Batch(batch, offsets) is var (place, error))
        {
            ReadOnlySpan<byte> message = batch[offsets[place]..offsets[place + 1]];
            throw NetlinkException.From(transaction.Operation(place), null, error, message);
        }
    }

    /// <summary>The number of the filter's state; each transaction of anybody in this namespace takes the next.</summary>
    /// <remarks>What rules themselves put into sets, and what goes by its timeout, does not count. It may begin again at 1.</remarks>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public uint GetGeneration()
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETGEN, NetlinkConstants.NLM_F_ACK, 0);
        writer.EndMessage();
        return (uint)(_channel.Get<object>(buffer[..writer.Length], NftParser.ParseGeneration, "get generation", null, absent: 0)
            ?? throw new NetlinkException("get generation", null, ErrnoConstants.EBADMSG));
    }

    /// <summary>Finds a table; null when there is none.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NftTableInfo? GetTable(NftFamily family, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETTABLE, NetlinkConstants.NLM_F_ACK, family);
        writer.AttributeText(NftMessageConstants.NFTA_TABLE_NAME, name);
        writer.EndMessage();
        return _channel.Get(buffer[..writer.Length], NftParser.ParseTable, "get table", name, ErrnoConstants.ENOENT);
    }

    /// <summary>The tables of all families.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<NftTableInfo> ListTables()
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETTABLE, NetlinkConstants.NLM_F_DUMP, 0);
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], NftParser.ParseTable, "list tables", null);
    }

    /// <summary>Deletes a table with all that is in it.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool DeleteTable(NftFamily family, string name)
    {
        if (GetTable(family, name) is null)
        {
            return false;
        }

        using NftTransaction transaction = new();
        try
        {
            Commit(transaction.DeleteTable(family, name));
            return true;
        }
        catch (NetlinkException e) when (e.Errno == ErrnoConstants.ENOENT)
        {
            return false;
        }
    }

    /// <summary>Counts the rules of a table; 0 when there is no such table.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int CountRules(NftFamily family, string table) => DumpRules(family, table).Count;

    /// <summary>Closes the socket; calls under way on other threads finish first.</summary>
    public void Dispose() => _channel.Dispose();

    private static void Begin(ref MessageWriter writer, int type, int flags, NftFamily family) => writer.BeginMessage(
        (NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8) | type,
        NetlinkConstants.NLM_F_REQUEST | flags,
        0,
        new nfgenmsg { nfgen_family = (byte)family, version = NftMessageConstants.NFNETLINK_V0 });
}
