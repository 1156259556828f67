using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Writes NFT_MSG_NEWSET and NFT_MSG_NEWSETELEM (linux/netfilter/nf_tables.h), numbers in network order.</summary>
internal static class SetEncoder
{
    internal static void Write(ref MessageWriter writer, string table, NftSet set, uint id)
    {
        writer.AttributeText(NftMessageConstants.NFTA_SET_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_NAME, set.Name);
        writer.AttributeUInt32BigEndian(
            NftMessageConstants.NFTA_SET_FLAGS, set.IsInterval ? (uint)NftMessageConstants.NFT_SET_INTERVAL : 0);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_KEY_TYPE, set.TypeNumber);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_KEY_LEN, (uint)set.KeyLength);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_SET_ID, id);
    }

    internal static void WriteElements(ref MessageWriter writer, string table, string set, scoped ReadOnlySpan<NftElement> elements)
    {
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_SET_ELEM_LIST_SET, set);
        int list = writer.BeginNest(NftMessageConstants.NFTA_SET_ELEM_LIST_ELEMENTS);
        foreach (NftElement element in elements)
        {
            int item = writer.BeginNest(NftMessageConstants.NFTA_LIST_ELEM);
            if (element.IsRangeEnd)
            {
                writer.AttributeUInt32BigEndian(
                    NftMessageConstants.NFTA_SET_ELEM_FLAGS, NftMessageConstants.NFT_SET_ELEM_INTERVAL_END);
            }

            int key = writer.BeginNest(NftMessageConstants.NFTA_SET_ELEM_KEY);
            writer.Attribute(NftExpressionConstants.NFTA_DATA_VALUE, element.Key.Span);
            writer.EndNest(key);
            writer.EndNest(item);
        }

        writer.EndNest(list);
    }
}
