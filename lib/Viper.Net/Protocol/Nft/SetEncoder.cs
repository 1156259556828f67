using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Writes sets, maps and their elements (linux/netfilter/nf_tables.h, NFTA_SET_*, NFTA_SET_ELEM_*).</summary>
internal static class SetEncoder
{
    // A list of elements is one attribute of at most 65,535 bytes; the largest element takes less than the difference.
    private const int ListLimit = 60_000;

    internal static void Write(ref MessageWriter writer, string table, NftSet set, uint id)
    {
        writer.AttributeText(NftMessageConstants.NFTA_SET_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_NAME, set.Name);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_FLAGS, set.Flags);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_KEY_TYPE, set.TypeNumber);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_KEY_LEN, (uint)set.KeyLength);
        if (set.DataTypeNumber is { } dataType)
        {
            writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_DATA_TYPE, dataType);
            if (!set.IsVerdictMap)
            {
                writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_DATA_LEN, (uint)NftElement.LengthOf(set.DataType));
            }
        }

        if (set.ObjectKind is { } kind)
        {
            writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_OBJ_TYPE, (uint)kind);
        }

        if (set.DefaultTimeout is { } timeout)
        {
            writer.AttributeUInt64BigEndian(NftMessageConstants.NFTA_SET_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        WriteDescription(ref writer, set);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_ID, id);
        writer.Attribute(NftMessageConstants.NFTA_SET_USERDATA, UserData.ByteOrders(set));
        if (set.HasCounters)
        {
            int counter = writer.BeginNest(NftMessageConstants.NFTA_SET_EXPR);
            new NftCounter().WriteBare(ref writer);
            writer.EndNest(counter);
        }
    }

    /// <summary>Writes as many elements as one message takes.</summary>
    /// <returns>How many.</returns>
    internal static int WriteElements(ref MessageWriter writer, string table, string set, scoped ReadOnlySpan<NftElement> elements)
    {
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_SET, set);
        int list = writer.BeginNest(NftMessageConstants.NFTA_SET_ELEM_LIST_ELEMENTS);
        int count = 0;
        while (count < elements.Length && writer.Length - list < ListLimit)
        {
            WriteElement(ref writer, elements[count++]);
        }

        writer.EndNest(list);
        return count;
    }

    private static void WriteDescription(ref MessageWriter writer, NftSet set)
    {
        bool concatenatedRanges = set.IsInterval && set.Key.Count > 1;
        if (!concatenatedRanges && set.EffectiveCapacity == 0)
        {
            return;
        }

        int description = writer.BeginNest(NftMessageConstants.NFTA_SET_DESC);
        if (set.EffectiveCapacity > 0)
        {
            writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_DESC_SIZE, set.EffectiveCapacity);
        }

        if (concatenatedRanges)
        {
            int fields = writer.BeginNest(NftMessageConstants.NFTA_SET_DESC_CONCAT);
            foreach (NftKeyType part in set.Key)
            {
                int field = writer.BeginNest(NftMessageConstants.NFTA_LIST_ELEM);
                writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_FIELD_LEN, (uint)NftElement.LengthOf(part));
                writer.EndNest(field);
            }

            writer.EndNest(fields);
        }

        writer.EndNest(description);
    }

    private static void WriteElement(ref MessageWriter writer, NftElement element)
    {
        int item = writer.BeginNest(NftMessageConstants.NFTA_LIST_ELEM);
        if (element.IsRangeEnd)
        {
            writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_ELEM_FLAGS, NftMessageConstants.NFT_SET_ELEM_INTERVAL_END);
        }

        WriteValue(ref writer, NftMessageConstants.NFTA_SET_ELEM_KEY, element.Key);
        if (!element.KeyEnd.IsEmpty)
        {
            WriteValue(ref writer, NftMessageConstants.NFTA_SET_ELEM_KEY_END, element.KeyEnd);
        }

        if (element.Timeout is { } timeout)
        {
            writer.AttributeUInt64BigEndian(NftMessageConstants.NFTA_SET_ELEM_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        if (element.ObjectName is not null)
        {
            writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_OBJREF, element.ObjectName);
        }

        if (!element.Data.IsEmpty)
        {
            WriteValue(ref writer, NftMessageConstants.NFTA_SET_ELEM_DATA, element.Data);
        }

        element.Verdict?.WriteVerdict(ref writer, NftMessageConstants.NFTA_SET_ELEM_DATA);
        writer.EndNest(item);
    }

    private static void WriteValue(ref MessageWriter writer, int type, ReadOnlyMemory<byte> value)
    {
        int nest = writer.BeginNest(type);
        writer.Attribute(NftExpressionConstants.NFTA_DATA_VALUE, value.Span);
        writer.EndNest(nest);
    }
}
