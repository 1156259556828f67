namespace Viper.Net.Interop;

/// <summary>Named objects and the instructions that limit, count and log (linux/netfilter/nf_tables.h).</summary>
internal static class NftObjectConstants
{
    internal const int NFT_MSG_NEWOBJ = 18;
    internal const int NFT_MSG_GETOBJ = 19;
    internal const int NFT_MSG_DELOBJ = 20;
    internal const int NFT_MSG_GETOBJ_RESET = 21;
    internal const int NFTA_OBJ_TABLE = 1;
    internal const int NFTA_OBJ_NAME = 2;
    internal const int NFTA_OBJ_TYPE = 3;
    internal const int NFTA_OBJ_DATA = 4;
    internal const int NFTA_OBJ_USE = 5;
    internal const int NFTA_OBJ_HANDLE = 6;
    internal const int NFT_OBJECT_COUNTER = 1;
    internal const int NFT_OBJECT_QUOTA = 2;
    internal const int NFT_OBJECT_LIMIT = 4;
    internal const int NFTA_OBJREF_IMM_TYPE = 1;
    internal const int NFTA_OBJREF_IMM_NAME = 2;
    internal const int NFTA_OBJREF_SET_SREG = 3;
    internal const int NFTA_OBJREF_SET_NAME = 4;
    internal const int NFTA_LIMIT_RATE = 1;
    internal const int NFTA_LIMIT_UNIT = 2;
    internal const int NFTA_LIMIT_BURST = 3;
    internal const int NFTA_LIMIT_TYPE = 4;
    internal const int NFTA_LIMIT_FLAGS = 5;
    internal const int NFT_LIMIT_PKTS = 0;
    internal const int NFT_LIMIT_PKT_BYTES = 1;
    internal const int NFT_LIMIT_F_INV = 1;
    internal const int NFTA_QUOTA_BYTES = 1;
    internal const int NFTA_QUOTA_FLAGS = 2;
    internal const int NFTA_QUOTA_CONSUMED = 4;
    internal const int NFT_QUOTA_F_INV = 1;
    internal const int NFTA_CONNLIMIT_COUNT = 1;
    internal const int NFTA_CONNLIMIT_FLAGS = 2;
    internal const int NFT_CONNLIMIT_F_INV = 1;
    internal const int NFTA_LOG_GROUP = 1;
    internal const int NFTA_LOG_PREFIX = 2;
    internal const int NFTA_LOG_SNAPLEN = 3;
    internal const int NFTA_LOG_QTHRESHOLD = 4;
    internal const int NFTA_DYNSET_SET_NAME = 1;
    internal const int NFTA_DYNSET_OP = 3;
    internal const int NFTA_DYNSET_SREG_KEY = 4;
    internal const int NFTA_DYNSET_SREG_DATA = 5;
    internal const int NFTA_DYNSET_TIMEOUT = 6;
    internal const int NFTA_DYNSET_EXPR = 7;
    internal const int NFT_DYNSET_OP_ADD = 0;
    internal const int NFT_DYNSET_OP_UPDATE = 1;
    internal const int NFT_DYNSET_OP_DELETE = 2;
}
