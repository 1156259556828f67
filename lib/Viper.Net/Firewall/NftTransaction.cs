using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

/// <summary>Changes that the kernel makes all together or not at all.</summary>
/// <remarks>Filled by one thread, then handed to <see cref="NftSocket.Commit"/>. Dispose gives its buffer back.</remarks>
public sealed partial class NftTransaction : IDisposable
{
    // Room for the largest single message, of which no attribute exceeds 64 KiB, and for the batch's end.
    private const int MessageRoom = 80 * 1024;

    private const int FlagsOffset = 6;

    private readonly List<NftStep> _steps = [];

    // Where each message begins, that of the batch's begin first.
    private readonly List<int> _offsets = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(MessageRoom);
    private int _length;

    /// <summary>How many changes there are.</summary>
    public int Count => _steps.Count;

    /// <summary>Makes a table; one that exists stays as it is.</summary>
    public NftTransaction AddTable(NftFamily family, string name, string? comment = null)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_NEWTABLE, NetlinkConstants.NLM_F_CREATE, family, new("add table", name));
        writer.AttributeText(NftMessageConstants.NFTA_TABLE_NAME, name);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_TABLE_FLAGS, 0);
        if (comment is not null)
        {
            writer.Attribute(NftMessageConstants.NFTA_TABLE_USERDATA, UserData.Comment(comment));
        }

        return End(ref writer);
    }

    /// <summary>Deletes a table with all that is in it; the commit fails (ENOENT) when there is none.</summary>
    public NftTransaction DeleteTable(NftFamily family, string name)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELTABLE, 0, family, new("delete table", name));
        writer.AttributeText(NftMessageConstants.NFTA_TABLE_NAME, name);
        return End(ref writer);
    }

    /// <summary>Makes a chain without its rules.</summary>
    public NftTransaction AddChain(NftFamily family, string table, NftChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        MessageWriter writer = Begin(
            NftMessageConstants.NFT_MSG_NEWCHAIN, NetlinkConstants.NLM_F_CREATE, family, new("add chain", table, chain.Name));
        ChainEncoder.Write(ref writer, table, chain);
        return End(ref writer);
    }

    /// <summary>Appends a rule to a chain.</summary>
    public NftTransaction AddRule(NftFamily family, string table, string chain, NftRule rule) =>
        Rule(NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_APPEND, family, table, chain, rule);

    /// <summary>Makes a set with its elements.</summary>
    public NftTransaction AddSet(NftFamily family, string table, NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        MessageWriter writer = Begin(
            NftMessageConstants.NFT_MSG_NEWSET, NetlinkConstants.NLM_F_CREATE, family, new("add set", table, set.Name));
        // Within a transaction sets are told apart by a number too; ours is the place in it.
        SetEncoder.Write(ref writer, table, set, (uint)_steps.Count);
        End(ref writer);
        return set.Elements.Count > 0 ? AddElements(family, table, set.Name, set.Elements) : this;
    }

    /// <summary>Adds elements to a set; those that are there stay.</summary>
    public NftTransaction AddElements(NftFamily family, string table, string set, IEnumerable<NftElement> elements) =>
        Elements(NftMessageConstants.NFT_MSG_NEWSETELEM, NetlinkConstants.NLM_F_CREATE, family, table, set, elements, "add elements to set");

    /// <summary>Deletes elements of a set; the commit fails (ENOENT) when one is not there.</summary>
    public NftTransaction DeleteElements(NftFamily family, string table, string set, IEnumerable<NftElement> elements) =>
        Elements(NftMessageConstants.NFT_MSG_DELSETELEM, 0, family, table, set, elements, "delete elements of set");

    /// <summary>Makes a whole table: sets, chains, rules.</summary>
    public NftTransaction Add(NftTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        AddTable(table.Family, table.Name, table.Comment);
        foreach (NftObject item in table.Objects)
        {
            AddObject(table.Family, table.Name, item);
        }

        // Elements of a verdict map name chains, so they come after these, and rules name sets.
        foreach (NftChain chain in table.Chains)
        {
            AddChain(table.Family, table.Name, chain);
        }

        foreach (NftSet set in table.Sets)
        {
            AddSet(table.Family, table.Name, set);
        }

        foreach (NftChain chain in table.Chains)
        {
            foreach (NftRule rule in chain.Rules)
            {
                AddRule(table.Family, table.Name, chain.Name, rule);
            }
        }

        return this;
    }

    /// <summary>Gives the buffer back; the transaction cannot be used afterwards.</summary>
    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What a message was for, by its place in the batch, whose begin has place 0.</summary>
    internal string Operation(int place) =>
        place >= 1 && place <= _steps.Count ? _steps[place - 1].ToString() : "commit the firewall transaction";

    /// <summary>The whole batch, with room for the sequence numbers.</summary>
    /// <remarks><c>batch = NFNL_MSG_BATCH_BEGIN, messages, NFNL_MSG_BATCH_END</c> (linux/netfilter/nfnetlink.h).</remarks>
    internal Span<byte> Assemble(out ReadOnlySpan<int> offsets)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (_offsets.Count == _steps.Count + 1)
        {
            // Only the last message asks for an answer; errors come without being asked.
            Span<byte> flags = _buffer.AsSpan(_offsets[^1] + FlagsOffset);
            ushort value = BinaryPrimitives.ReadUInt16LittleEndian(flags);
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(value | NetlinkConstants.NLM_F_ACK));
            _offsets.Add(_length);
            WriteEdge(NftMessageConstants.NFNL_MSG_BATCH_END);
        }

        offsets = CollectionsMarshal.AsSpan(_offsets);
        return _buffer.AsSpan(0, _length);
    }

    private NftTransaction Elements(
        int type, int flags, NftFamily family, string table, string set, IEnumerable<NftElement> elements, string what)
    {
        ArgumentNullException.ThrowIfNull(elements);
        ReadOnlySpan<NftElement> rest = elements as NftElement[] ?? [.. elements];
        while (!rest.IsEmpty)
        {
            rest = rest[ElementsOnce(type, flags, family, table, set, rest, what)..];
        }

        return this;
    }

    private int ElementsOnce(
        int type, int flags, NftFamily family, string table, string set, scoped ReadOnlySpan<NftElement> elements, string what)
    {
        MessageWriter writer = Begin(type, flags, family, new(what, table, set));
        int written = SetEncoder.WriteElements(ref writer, table, set, elements);
        End(ref writer);
        return written;
    }

    private MessageWriter Begin(int type, int flags, NftFamily family, NftStep step)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (_offsets.Count > _steps.Count + 1)
        {
            throw new InvalidOperationException("The transaction was committed already; make another one.");
        }

        if (_offsets.Count == 0)
        {
            _offsets.Add(0);
            WriteEdge(NftMessageConstants.NFNL_MSG_BATCH_BEGIN);
        }

        if (_buffer.Length - _length < MessageRoom)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + MessageRoom));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _steps.Add(step);
        _offsets.Add(_length);
        MessageWriter writer = new(_buffer.AsSpan(_length));
        writer.BeginMessage(
            (NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8) | type,
            NetlinkConstants.NLM_F_REQUEST | flags,
            0,
            new nfgenmsg { nfgen_family = (byte)family, version = NftMessageConstants.NFNETLINK_V0 });
        return writer;
    }

    private void WriteEdge(int type)
    {
        // res_id is the subsystem in network order.
        nfgenmsg header = new() { res_id = BinaryPrimitives.ReverseEndianness((ushort)NftMessageConstants.NFNL_SUBSYS_NFTABLES) };
        MessageWriter writer = new(_buffer.AsSpan(_length));
        writer.BeginMessage(type, NetlinkConstants.NLM_F_REQUEST, 0, header);
        writer.EndMessage();
        _length += writer.Length;
    }

    private NftTransaction End(ref MessageWriter writer)
    {
        writer.EndMessage();
        _length += writer.Length;
        return this;
    }
}
