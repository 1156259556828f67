namespace Viper.Net.Interop;

/// <summary>Packets that rules log to a listener (linux/netfilter/nfnetlink_log.h).</summary>
internal static class LogConstants
{
    internal const int NFNL_SUBSYS_ULOG = 4;
    internal const int NFULNL_MSG_PACKET = 0;
    internal const int NFULNL_MSG_CONFIG = 1;
    internal const int NFULA_CFG_CMD = 1;
    internal const int NFULA_CFG_MODE = 2;
    internal const int NFULA_CFG_NLBUFSIZ = 3;
    internal const int NFULA_CFG_TIMEOUT = 4;
    internal const int NFULA_CFG_QTHRESH = 5;
    internal const int NFULNL_CFG_CMD_BIND = 1;
    internal const int NFULNL_CFG_CMD_UNBIND = 2;
    internal const int NFULNL_COPY_PACKET = 2;
    internal const int NFULA_PACKET_HDR = 1;
    internal const int NFULA_MARK = 2;
    internal const int NFULA_IFINDEX_INDEV = 4;
    internal const int NFULA_IFINDEX_OUTDEV = 5;
    internal const int NFULA_IFINDEX_PHYSINDEV = 6;
    internal const int NFULA_IFINDEX_PHYSOUTDEV = 7;
    internal const int NFULA_HWADDR = 8;
    internal const int NFULA_PAYLOAD = 9;
    internal const int NFULA_PREFIX = 10;
    internal const int NFULA_TIMESTAMP = 3;
    internal const int NFULA_HWHEADER = 16;
    internal const int NFULA_HWLEN = 17;
}
