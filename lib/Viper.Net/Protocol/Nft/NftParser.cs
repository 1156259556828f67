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

    internal static string? ParseSetName(int type, ReadOnlySpan<byte> payload)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWSET, payload, out _))
        {
            return null;
        }

        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            if (attributes.Type == NftMessageConstants.NFTA_SET_NAME)
            {
                return attributes.Text;
            }
        }

        return null;
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
                if (ParseElement(list.Value) is { } element)
                {
                    elements.Add(element);
                }
            }
        }

        return [.. elements];
    }

    private static NftElement? ParseElement(ReadOnlySpan<byte> bytes)
    {
        byte[]? key = null;
        bool end = false;
        AttributeReader attributes = new(bytes);
        while (attributes.MoveNext())
        {
            if (attributes.Type == NftMessageConstants.NFTA_SET_ELEM_FLAGS)
            {
                end = ((attributes.UInt32BigEndian ?? 0) & NftMessageConstants.NFT_SET_ELEM_INTERVAL_END) != 0;
            }
            else if (attributes.Type == NftMessageConstants.NFTA_SET_ELEM_KEY)
            {
                AttributeReader value = new(attributes.Value);
                if (value.MoveNext() && value.Type == NftExpressionConstants.NFTA_DATA_VALUE)
                {
                    key = value.Value.ToArray();
                }
            }
        }

        return key is null ? null : new NftElement(key, end);
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
