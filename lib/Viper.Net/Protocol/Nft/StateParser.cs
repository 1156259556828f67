using System.Runtime.CompilerServices;

using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Reads what is counted: of named objects, of rules and of elements.</summary>
internal static class StateParser
{
    /// <summary><c>NFT_MSG_NEWOBJ = nfgenmsg, NFTA_OBJ_*</c>.</summary>
    internal static NftObjectState? ParseObject(int type, ReadOnlySpan<byte> payload, string ofTable)
    {
        if (!Is(type, NftObjectConstants.NFT_MSG_NEWOBJ, payload))
        {
            return null;
        }

        string? table = null;
        string? name = null;
        uint kind = 0;
        ReadOnlySpan<byte> data = default;
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case NftObjectConstants.NFTA_OBJ_TABLE:
                    table = attributes.Text;
                    break;
                case NftObjectConstants.NFTA_OBJ_NAME:
                    name = attributes.Text;
                    break;
                case NftObjectConstants.NFTA_OBJ_TYPE:
                    kind = attributes.UInt32BigEndian ?? 0;
                    break;
                case NftObjectConstants.NFTA_OBJ_DATA:
                    data = attributes.Value;
                    break;
                default:
                    break;
            }
        }

        if (name is null || table != ofTable)
        {
            return null;
        }

        NftObjectKind of = (NftObjectKind)kind;
        return of switch
        {
            NftObjectKind.Counter => new NftObjectState(name, of, ReadCounter(data), 0),
            NftObjectKind.Quota => new NftObjectState(
                name, of, new NftCount(0, Number(data, NftObjectConstants.NFTA_QUOTA_CONSUMED)), Number(data, NftObjectConstants.NFTA_QUOTA_BYTES)),
            NftObjectKind.Limit => new NftObjectState(name, of, default, Number(data, NftObjectConstants.NFTA_LIMIT_RATE)),
            _ => null,
        };
    }

    /// <summary><c>NFT_MSG_NEWRULE = nfgenmsg, NFTA_RULE_*</c>.</summary>
    internal static NftRuleState? ParseRule(int type, ReadOnlySpan<byte> payload, string ofTable)
    {
        if (!Is(type, NftMessageConstants.NFT_MSG_NEWRULE, payload))
        {
            return null;
        }

        string? table = null;
        string? chain = null;
        string? comment = null;
        ulong handle = 0;
        NftCount? count = null;
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
                case NftMessageConstants.NFTA_RULE_HANDLE:
                    handle = attributes.UInt64BigEndian ?? 0;
                    break;
                case NftMessageConstants.NFTA_RULE_USERDATA:
                    comment = UserData.ReadComment(attributes.Value);
                    break;
                case NftMessageConstants.NFTA_RULE_EXPRESSIONS:
                    count = FirstCounter(attributes.Value);
                    break;
                default:
                    break;
            }
        }

        return chain is not null && table == ofTable ? new NftRuleState(chain, handle, comment, count) : null;
    }

    /// <summary>The first counter of a list of instructions.</summary>
    internal static NftCount? FirstCounter(ReadOnlySpan<byte> expressions)
    {
        AttributeReader list = new(expressions);
        while (list.MoveNext())
        {
            if (CounterOf(list.Value) is { } count)
            {
                return count;
            }
        }

        return null;
    }

    /// <summary>The counter that an instruction is; null where it is another.</summary>
    internal static NftCount? CounterOf(ReadOnlySpan<byte> expression)
    {
        bool isCounter = false;
        ReadOnlySpan<byte> data = default;
        AttributeReader attributes = new(expression);
        while (attributes.MoveNext())
        {
            if (attributes.Type == NftExpressionConstants.NFTA_EXPR_NAME)
            {
                isCounter = attributes.TextBytes.SequenceEqual("counter"u8);
            }
            else if (attributes.Type == NftExpressionConstants.NFTA_EXPR_DATA)
            {
                data = attributes.Value;
            }
        }

        return isCounter ? ReadCounter(data) : null;
    }

    private static NftCount ReadCounter(ReadOnlySpan<byte> data) => new(
        Number(data, NftExpressionConstants.NFTA_COUNTER_PACKETS), Number(data, NftExpressionConstants.NFTA_COUNTER_BYTES));

    private static ulong Number(ReadOnlySpan<byte> data, int type)
    {
        AttributeReader attributes = new(data);
        while (attributes.MoveNext())
        {
            if (attributes.Type == type)
            {
                return attributes.UInt64BigEndian ?? 0;
            }
        }

        return 0;
    }

    private static bool Is(int type, int expected, ReadOnlySpan<byte> payload) =>
        type == ((NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8) | expected) && payload.Length >= Unsafe.SizeOf<nfgenmsg>();
}
