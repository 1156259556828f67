using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

public sealed partial class NftSocket
{
    /// <summary>The elements of a set; empty when there is no such set.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<NftElement> ListElements(NftFamily family, string table, string set)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETSETELEM, NetlinkConstants.NLM_F_DUMP, family);
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_SET, set);
        writer.EndMessage();
        List<NftElement[]> parts = _channel.Dump(
            buffer[..writer.Length], NftParser.ParseElements, "list elements", $"set {table} {set}", ErrnoConstants.ENOENT);
        return [.. parts.SelectMany(part => part)];
    }

    /// <summary>The named objects of a table with what they counted; empty where there is no such table.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<NftObjectState> ListObjects(NftFamily family, string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftObjectConstants.NFT_MSG_GETOBJ, NetlinkConstants.NLM_F_DUMP, family);
        writer.AttributeText(NftObjectConstants.NFTA_OBJ_TABLE, table);
        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], (type, payload) => StateParser.ParseObject(type, payload, table), "list objects", table, ErrnoConstants.ENOENT);
    }

    /// <summary>The rules of a table with their handles and counters, chain by chain in order; empty where there is no such table.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<NftRuleState> ListRules(NftFamily family, string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETRULE, NetlinkConstants.NLM_F_DUMP, family);
        writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, table);
        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], (type, payload) => StateParser.ParseRule(type, payload, table), "list rules", table, ErrnoConstants.ENOENT);
    }

    /// <summary>The chains of a table, without their rules.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<NftChain> ListChains(NftFamily family, string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        return DumpChains(family, table);
    }

    private List<NftChain> DumpChains(NftFamily family, string table)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETCHAIN, NetlinkConstants.NLM_F_DUMP, family);
        writer.EndMessage();
        // The kernel does not filter chains by table.
        return _channel.Dump(
            buffer[..writer.Length], (type, payload) => NftParser.ParseChain(type, payload, table), "list chains", table);
    }

    private List<RuleBytes> DumpRules(NftFamily family, string table)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETRULE, NetlinkConstants.NLM_F_DUMP, family);
        writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, table);
        writer.EndMessage();
        return _channel.Dump(
            buffer[..writer.Length], (type, payload) => NftParser.ParseRule(type, payload, table), "list rules", table, ErrnoConstants.ENOENT);
    }

    private List<SetDescription> DumpSets(NftFamily family, string table)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETSET, NetlinkConstants.NLM_F_DUMP, family);
        writer.AttributeText(NftMessageConstants.NFTA_SET_TABLE, table);
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], NftParser.ParseSet, "list sets", table, ErrnoConstants.ENOENT);
    }
}
