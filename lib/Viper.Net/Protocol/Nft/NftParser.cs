using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Reads what nf_tables answers (linux/netfilter/nf_tables.h).</summary>
internal static class NftParser
{
    internal static NftTableInfo? ParseTable(int type, ReadOnlySpan<byte> payload)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWTABLE, payload, out int family))
        {
            return null;
        }

        string? name = null;
        string? comment = null;
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == NftMessageConstants.NFTA_TABLE_NAME)
            {
                name = attributes.Text;
            }
            else if (attributes.Type == NftMessageConstants.NFTA_TABLE_USERDATA)
            {
                comment = UserData.ReadComment(attributes.Value);
            }
        }

        return name is null ? null : new NftTableInfo((NftFamily)family, name, comment);
    }

    internal static object? ParseGeneration(int type, ReadOnlySpan<byte> payload)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWGEN, payload, out _))
        {
            return null;
        }

        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == NftMessageConstants.NFTA_GEN_ID)
            {
                return attributes.UInt32BigEndian;
            }
        }

        return null;
    }

    internal static NftChain? ParseChain(int type, ReadOnlySpan<byte> payload, string ofTable)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWCHAIN, payload, out _))
        {
            return null;
        }

        string? name = null;
        string? table = null;
        NftChain chain = new() { Name = "" };
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case NftMessageConstants.NFTA_CHAIN_TABLE:
                    table = attributes.Text;
                    break;
                case NftMessageConstants.NFTA_CHAIN_NAME:
                    name = attributes.Text;
                    break;
                case NftMessageConstants.NFTA_CHAIN_HOOK:
                    chain = ParseHook(chain, attributes.Value);
                    break;
                case NftMessageConstants.NFTA_CHAIN_POLICY when attributes.UInt32BigEndian is { } policy:
                    chain = chain with { Policy = (NftVerdictKind)policy };
                    break;
                case NftMessageConstants.NFTA_CHAIN_TYPE:
                    chain = chain with { Type = attributes.Text };
                    break;
                default:
                    break;
            }
        }

        return name is not null && table == ofTable ? chain with { Name = name } : null;
    }

    internal static RuleBytes? ParseRule(int type, ReadOnlySpan<byte> payload, string ofTable)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWRULE, payload, out _))
        {
            return null;
        }

        string? table = null;
        string? chain = null;
        byte[] expressions = [];
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case NftMessageConstants.NFTA_RULE_TABLE:
                    table = attributes.Text;
                    break;
                case NftMessageConstants.NFTA_RULE_CHAIN:
                    chain = attributes.Text;
                    break;
                case NftMessageConstants.NFTA_RULE_EXPRESSIONS:
                    expressions = attributes.Value.ToArray();
                    break;
                default:
                    break;
            }
        }

        return chain is not null && table == ofTable ? new RuleBytes(chain, expressions) : null;
    }

    /// <summary><c>NFT_MSG_NEWSET = nfgenmsg, NFTA_SET_*</c>.</summary>
    internal static SetDescription? ParseSet(int type, ReadOnlySpan<byte> payload)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWSET, payload, out _))
        {
            return null;
        }

        SetDescription set = new("", 0, 0, 0, 0, 0, 0);
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            set = attributes.Type switch
            {
                NftMessageConstants.NFTA_SET_NAME => set with { Name = attributes.Text },
                NftMessageConstants.NFTA_SET_FLAGS => set with { Flags = attributes.UInt32BigEndian ?? 0 },
                NftMessageConstants.NFTA_SET_KEY_TYPE => set with { KeyType = attributes.UInt32BigEndian ?? 0 },
                NftMessageConstants.NFTA_SET_KEY_LEN => set with { KeyLength = attributes.UInt32BigEndian ?? 0 },
                NftMessageConstants.NFTA_SET_DATA_TYPE => set with { DataType = attributes.UInt32BigEndian ?? 0 },
                NftMessageConstants.NFTA_SET_OBJ_TYPE => set with { ObjectType = attributes.UInt32BigEndian ?? 0 },
                NftMessageConstants.NFTA_SET_TIMEOUT => set with { TimeoutMilliseconds = attributes.UInt64BigEndian ?? 0 },
                _ => set,
            };
        }

        return set.Name.Length == 0 ? null : set;
    }

    internal static NftElement[]? ParseElements(int type, ReadOnlySpan<byte> payload)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWSETELEM, payload, out _))
        {
            return null;
        }

        List<NftElement> elements = [];
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type != NftMessageConstants.NFTA_SET_ELEM_LIST_ELEMENTS)
            {
                continue;
            }

            AttributeReader list = new(attributes.Value);
            while (list.MoveNext())
            {
                if (ElementParser.Parse(list.Value) is { } element)
                {
                    elements.Add(element);
                }
            }
        }

        return [.. elements];
    }

    private static NftChain ParseHook(NftChain chain, ReadOnlySpan<byte> hook)
    {
        AttributeReader attributes = new(hook);
        while (attributes.MoveNext())
        {
            if (attributes.UInt32BigEndian is not { } value)
            {
                continue;
            }

            chain = attributes.Type switch
            {
                NftMessageConstants.NFTA_HOOK_HOOKNUM => chain with { Hook = (NftHook)value },
                NftMessageConstants.NFTA_HOOK_PRIORITY => chain with { Priority = unchecked((int)value) },
                _ => chain,
            };
        }

        return chain;
    }

    private static bool Is(int type, int expected, ReadOnlySpan<byte> payload, out int family)
    {
        family = 0;
        if (type != ((NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8) | expected) || payload.Length < Unsafe.SizeOf<nfgenmsg>())
        {
            return false;
        }

        family = MemoryMarshal.Read<nfgenmsg>(payload).nfgen_family;
        return true;
    }
}
