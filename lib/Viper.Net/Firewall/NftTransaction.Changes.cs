using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

public sealed partial class NftTransaction
{
    /// <summary>Adds one element to a set or map.</summary>
    public NftTransaction AddElement(NftFamily family, string table, string set, NftElement element)
    {
        ArgumentNullException.ThrowIfNull(element);
        ElementsOnce(NftMessageConstants.NFT_MSG_NEWSETELEM, NetlinkConstants.NLM_F_CREATE, family, table, set, [element], "add elements to set");
        return this;
    }

    /// <summary>Deletes one element of a set or map; the commit fails with ENOENT where there is no such element.</summary>
    public NftTransaction DeleteElement(NftFamily family, string table, string set, NftElement element)
    {
        ArgumentNullException.ThrowIfNull(element);
        ElementsOnce(NftMessageConstants.NFT_MSG_DELSETELEM, 0, family, table, set, [element], "delete elements of set");
        return this;
    }

    /// <summary>Deletes every element of a set or map.</summary>
    public NftTransaction FlushSet(NftFamily family, string table, string set)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELSETELEM, 0, family, new("delete elements of set", table, set));
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_SET, set);
        return End(ref writer);
    }

    /// <summary>Deletes a set or map that no rule uses.</summary>
    public NftTransaction DeleteSet(NftFamily family, string table, string set)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELSET, 0, family, new("delete set", table, set));
        writer.AttributeText(NftMessageConstants.NFTA_SET_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_NAME, set);
        return End(ref writer);
    }

    /// <summary>Adds a counter, quota or limit with a name.</summary>
    /// <exception cref="ArgumentException">The content cannot be such an object.</exception>
    public NftTransaction AddObject(NftFamily family, string table, NftObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        NftObjectKind kind = item.Kind;
        MessageWriter writer = Begin(
            NftObjectConstants.NFT_MSG_NEWOBJ, NetlinkConstants.NLM_F_CREATE, family, new("add object", table, item.Name));
        WriteObjectName(ref writer, table, kind, item.Name);
        int data = writer.BeginNest(NftObjectConstants.NFTA_OBJ_DATA);
        item.Content.WriteData(ref writer);
        writer.EndNest(data);
        return End(ref writer);
    }

    /// <summary>Deletes a named object that nothing uses.</summary>
    public NftTransaction DeleteObject(NftFamily family, string table, NftObjectKind kind, string name)
    {
        MessageWriter writer = Begin(NftObjectConstants.NFT_MSG_DELOBJ, 0, family, new("delete object", table, name));
        WriteObjectName(ref writer, table, kind, name);
        return End(ref writer);
    }

    /// <summary>Puts a rule before the others of its chain.</summary>
    public NftTransaction InsertRule(NftFamily family, string table, string chain, NftRule rule) =>
        Rule(NetlinkConstants.NLM_F_CREATE, family, table, chain, rule);

    /// <summary>Deletes one rule by the handle that <see cref="NftSocket.ListRules"/> tells.</summary>
    public NftTransaction DeleteRule(NftFamily family, string table, string chain, ulong handle)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELRULE, 0, family, new("delete rule of", table, chain));
        writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_RULE_CHAIN, chain);
        writer.AttributeUInt64BigEndian(NftMessageConstants.NFTA_RULE_HANDLE, handle);
        return End(ref writer);
    }

    /// <summary>Deletes every rule of a chain.</summary>
    public NftTransaction FlushChain(NftFamily family, string table, string chain)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELRULE, 0, family, new("flush chain", table, chain));
        writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_RULE_CHAIN, chain);
        return End(ref writer);
    }

    /// <summary>Deletes a chain that has no rule and that no rule or map names.</summary>
    public NftTransaction DeleteChain(NftFamily family, string table, string chain)
    {
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_DELCHAIN, 0, family, new("delete chain", table, chain));
        writer.AttributeText(NftMessageConstants.NFTA_CHAIN_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_CHAIN_NAME, chain);
        return End(ref writer);
    }

    private static void WriteObjectName(ref MessageWriter writer, string table, NftObjectKind kind, string name)
    {
        writer.AttributeText(NftObjectConstants.NFTA_OBJ_TABLE, table);
        writer.AttributeText(NftObjectConstants.NFTA_OBJ_NAME, name);
        writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_OBJ_TYPE, (uint)kind);
    }

    private NftTransaction Rule(int flags, NftFamily family, string table, string chain, NftRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        MessageWriter writer = Begin(NftMessageConstants.NFT_MSG_NEWRULE, flags, family, new("add rule to", table, chain));
        writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_RULE_CHAIN, chain);
        RuleEncoder.WriteExpressions(ref writer, rule);
        if (rule.Comment is not null)
        {
            writer.Attribute(NftMessageConstants.NFTA_RULE_USERDATA, UserData.Comment(rule.Comment));
        }

        return End(ref writer);
    }
}
