using System.Buffers;
using System.Buffers.Binary;

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

    /// <summary>Makes all changes of a transaction, or none.</summary>
    /// <exception cref="NetlinkException">The kernel refused one; the exception names it, and nothing was changed.</exception>
    public void Commit(NftTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.Count == 0)
        {
            return;
        }

        // batch = begin, messages, end; the sequence number of a message is its place, so that an error names it.
        byte[] batch = ArrayPool<byte>.Shared.Rent(transaction.Messages.Length + RequestBuffer);
        try
        {
            int length = Assemble(transaction, batch);
            if (_channel.Batch(batch.AsSpan(0, length), last: (uint)transaction.Count) is var (sequence, error))
            {
                throw new NetlinkException(transaction.Operation((int)sequence - 1), null, error.Errno, error.Message, error.Offset);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
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

    private static int Assemble(NftTransaction transaction, Span<byte> batch)
    {
        // res_id is the subsystem in network order (linux/netfilter/nfnetlink.h).
        nfgenmsg header = new() { res_id = BinaryPrimitives.ReverseEndianness((ushort)NftMessageConstants.NFNL_SUBSYS_NFTABLES) };
        MessageWriter begin = new(batch);
        begin.BeginMessage(NftMessageConstants.NFNL_MSG_BATCH_BEGIN, NetlinkConstants.NLM_F_REQUEST, 0, header);
        begin.EndMessage();
        int start = begin.Length;
        Span<byte> messages = batch.Slice(start, transaction.Messages.Length);
        transaction.Messages.CopyTo(messages);
        for (int i = 0; i < transaction.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(messages[(transaction.Offsets[i] + 8)..], (uint)i + 1);
        }

        // Only the last message asks for an answer; errors come without being asked.
        Span<byte> flags = messages[(transaction.Offsets[^1] + 6)..];
        ushort value = BinaryPrimitives.ReadUInt16LittleEndian(flags);
        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(value | NetlinkConstants.NLM_F_ACK));
        MessageWriter end = new(batch[(start + messages.Length)..]);
        end.BeginMessage(NftMessageConstants.NFNL_MSG_BATCH_END, NetlinkConstants.NLM_F_REQUEST, (uint)transaction.Count + 1, header);
        end.EndMessage();
        return start + messages.Length + end.Length;
    }

    private static void Begin(ref MessageWriter writer, int type, int flags, NftFamily family) => writer.BeginMessage(
        (NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8) | type,
        NetlinkConstants.NLM_F_REQUEST | flags,
        0,
        new nfgenmsg { nfgen_family = (byte)family, version = NftMessageConstants.NFNETLINK_V0 });
}
