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

    private List<string> DumpSets(NftFamily family, string table)
    {
        Span<byte> buffer = stackalloc byte[RequestBuffer];
        MessageWriter writer = new(buffer);
        Begin(ref writer, NftMessageConstants.NFT_MSG_GETSET, NetlinkConstants.NLM_F_DUMP, family);
        writer.AttributeText(NftMessageConstants.NFTA_SET_TABLE, table);
        writer.EndMessage();
        return _channel.Dump(buffer[..writer.Length], NftParser.ParseSetName, "list sets", table, ErrnoConstants.ENOENT);
    }
}
