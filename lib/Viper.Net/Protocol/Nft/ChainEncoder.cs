using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Writes NFT_MSG_NEWCHAIN: <c>table, name [, hook { number, priority }, policy, type]</c>, numbers in network order.</summary>
internal static class ChainEncoder
{
    internal static void Write(ref MessageWriter writer, string table, NftChain chain)
    {
        writer.AttributeText(NftMessageConstants.NFTA_CHAIN_TABLE, table);
        writer.AttributeText(NftMessageConstants.NFTA_CHAIN_NAME, chain.Name);
        if (chain.Hook is not { } hook)
        {
            return;
        }

        int nest = writer.BeginNest(NftMessageConstants.NFTA_CHAIN_HOOK);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_HOOK_HOOKNUM, (uint)hook);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_HOOK_PRIORITY, unchecked((uint)chain.Priority));
        writer.EndNest(nest);
        writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_CHAIN_POLICY, (uint)chain.Policy);
        writer.AttributeText(NftMessageConstants.NFTA_CHAIN_TYPE, chain.Type);
    }
}
