using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Reads one element of a set or map: <c>NFTA_SET_ELEM_*</c> (linux/netfilter/nf_tables.h).</summary>
internal static class ElementParser
{
    internal static NftElement? Parse(ReadOnlySpan<byte> bytes)
    {
        byte[]? key = null;
        byte[] keyEnd = [];
        byte[] data = [];
        bool end = false;
        TimeSpan? timeout = null;
        TimeSpan? expires = null;
        NftVerdict? verdict = null;
        string? objectName = null;
        NftCount? count = null;
        AttributeReader attributes = new(bytes);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case NftMessageConstants.NFTA_SET_ELEM_FLAGS:
                    end = ((attributes.UInt32BigEndian ?? 0) & NftMessageConstants.NFT_SET_ELEM_INTERVAL_END) != 0;
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_KEY:
                    key = Value(attributes.Value) ?? key;
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_KEY_END:
                    keyEnd = Value(attributes.Value) ?? keyEnd;
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_DATA:
                    data = Value(attributes.Value) ?? data;
                    verdict = Verdict(attributes.Value);
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_TIMEOUT:
                    timeout = Milliseconds(attributes.UInt64BigEndian);
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_EXPIRATION:
                    expires = Milliseconds(attributes.UInt64BigEndian);
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_OBJREF:
                    objectName = attributes.Text;
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_EXPR:
                    count ??= StateParser.CounterOf(attributes.Value);
                    break;
                case NftMessageConstants.NFTA_SET_ELEM_EXPRESSIONS:
                    count ??= StateParser.FirstCounter(attributes.Value);
                    break;
                default:
                    break;
            }
        }

        return key is null
            ? null
            : new NftElement(key, end)
            {
                KeyEnd = keyEnd,
                Data = data,
                Verdict = verdict,
                Timeout = timeout,
                Expires = expires,
                ObjectName = objectName,
                Count = count,
            };
    }

    private static byte[]? Value(ReadOnlySpan<byte> nest)
    {
        AttributeReader value = new(nest);
        return value.MoveNext() && value.Type == NftExpressionConstants.NFTA_DATA_VALUE ? value.Value.ToArray() : null;
    }

    private static NftVerdict? Verdict(ReadOnlySpan<byte> nest)
    {
        AttributeReader data = new(nest);
        if (!data.MoveNext() || data.Type != NftExpressionConstants.NFTA_DATA_VERDICT)
        {
            return null;
        }

        int? code = null;
        string? chain = null;
        AttributeReader verdict = new(data.Value);
        while (verdict.MoveNext())
        {
            if (verdict.Type == NftExpressionConstants.NFTA_VERDICT_CODE)
            {
                code = unchecked((int?)verdict.UInt32BigEndian);
            }
            else if (verdict.Type == NftExpressionConstants.NFTA_VERDICT_CHAIN)
            {
                chain = verdict.Text;
            }
        }

        return code is { } kind ? new NftVerdict((NftVerdictKind)kind, chain) : null;
    }

    private static TimeSpan? Milliseconds(ulong? value) =>
        value is { } number ? TimeSpan.FromMilliseconds(Math.Min(number, int.MaxValue)) : null;
}
