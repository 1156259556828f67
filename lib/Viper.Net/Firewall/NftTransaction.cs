using System.Buffers;

using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

/// <summary>Changes that the kernel makes all together or not at all.</summary>
/// <remarks>Filled by one thread, then handed to <see cref="NftSocket.Commit"/>. Dispose gives its buffer back.</remarks>
public sealed class NftTransaction : IDisposable
{
    // Room for the largest single message: no attribute exceeds 64 KiB.
    private const int MessageRoom = 80 * 1024;

    // At most some 60 bytes each; well within one attribute of 64 KiB.
    private const int ElementsPerMessage = 512;

    private readonly List<string> _operations = [];
    private readonly List<int> _offsets = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(MessageRoom);
    private int _length;

    /// <summary>How many changes there are.</summary>
    public int Count => _operations.Count;

    internal Span<byte> Messages => _buffer.AsSpan(0, _length);

    internal IReadOnlyList<int> Offsets => _offsets;

    /// <summary>Makes a table; one that exists stays as it is.</summary>
    public NftTransaction AddTable(NftFamily family, string name, string? comment = null)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_NEWTABLE, NetlinkConstants.NLM_F_CREATE, family, $"add table {name}");
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
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELTABLE, 0, family, $"delete table {name}");
        writer.AttributeText(NftMessageConstants.NFTA_TABLE_NAME, name);
        return End(ref writer);
    }

    /// <summary>Makes a chain without its rules.</summary>
    public NftTransaction AddChain(NftFamily family, string table, NftChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        MessageWriter writer = Begin(
            NftMessageConstants.NFT_MSG_NEWCHAIN, NetlinkConstants.NLM_F_CREATE, family, $"add chain {table} {chain.Name}");
        ChainEncoder.Write(ref writer, table, chain);
        return End(ref writer);
    }

    /// <summary>Appends a rule to a chain.</summary>
    public NftTransaction AddRule(NftFamily family, string table, string chain, NftRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        MessageWriter writer = Begin(
            NftMessageConstants.NFT_MSG_NEWRULE,
            NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_APPEND,
            family,
            $"add rule to {table} {chain}");
        writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_RULE_CHAIN, chain);
        RuleEncoder.WriteExpressions(ref writer, rule);
        if (rule.Comment is not null)
        {
            writer.Attribute(NftMessageConstants.NFTA_RULE_USERDATA, UserData.Comment(rule.Comment));
        }

        return End(ref writer);
    }

    /// <summary>Makes a set with its elements.</summary>
    public NftTransaction AddSet(NftFamily family, string table, NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        MessageWriter writer = Begin(
            NftMessageConstants.NFT_MSG_NEWSET, NetlinkConstants.NLM_F_CREATE, family, $"add set {table} {set.Name}");
        // Within a transaction sets are told apart by a number too; ours is the place in it.
        SetEncoder.Write(ref writer, table, set, (uint)_operations.Count);
        End(ref writer);
        return set.Elements.Count > 0 ? AddElements(family, table, set.Name, set.Elements) : this;
    }

    /// <summary>Adds elements to a set; those that are there stay.</summary>
    public NftTransaction AddElements(NftFamily family, string table, string set, IEnumerable<NftElement> elements) =>
        Elements(NftMessageConstants.NFT_MSG_NEWSETELEM, NetlinkConstants.NLM_F_CREATE, family, table, set, elements, "add elements to");

    /// <summary>Deletes elements of a set; the commit fails (ENOENT) when one is not there.</summary>
    public NftTransaction DeleteElements(NftFamily family, string table, string set, IEnumerable<NftElement> elements) =>
        Elements(NftMessageConstants.NFT_MSG_DELSETELEM, 0, family, table, set, elements, "delete elements of");

    /// <summary>Makes a whole table: sets, chains, rules.</summary>
    public NftTransaction Add(NftTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        AddTable(table.Family, table.Name, table.Comment);
        foreach (NftSet set in table.Sets)
        {
            AddSet(table.Family, table.Name, set);
        }

        foreach (NftChain chain in table.Chains)
        {
            AddChain(table.Family, table.Name, chain);
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

    internal string Operation(int index) =>
        index >= 0 && index < _operations.Count ? _operations[index] : "commit the firewall transaction";

    private NftTransaction Elements(
        int type, int flags, NftFamily family, string table, string set, IEnumerable<NftElement> elements, string what)
    {
        ArgumentNullException.ThrowIfNull(elements);
        foreach (NftElement[] chunk in elements.Chunk(ElementsPerMessage))
        {
            MessageWriter writer = Begin(type, flags, family, $"{what} set {table} {set}");
            SetEncoder.WriteElements(ref writer, table, set, chunk);
            End(ref writer);
        }

        return this;
    }

    private MessageWriter Begin(int type, int flags, NftFamily family, string operation)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (_buffer.Length - _length < MessageRoom)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + MessageRoom));
            Messages.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _operations.Add(operation);
        _offsets.Add(_length);
        MessageWriter writer = new(_buffer.AsSpan(_length));
        writer.BeginMessage(
            (NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8) | type,
            NetlinkConstants.NLM_F_REQUEST | flags,
            0,
            new nfgenmsg { nfgen_family = (byte)family, version = NftMessageConstants.NFNETLINK_V0 });
        return writer;
    }

    private NftTransaction End(ref MessageWriter writer)
    {
        writer.EndMessage();
        _length += writer.Length;
        return this;
    }
}
