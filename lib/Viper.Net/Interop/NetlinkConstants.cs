namespace Viper.Net.Interop;

/// <summary>Netlink core (linux/netlink.h, linux/nfnetlink.h) and socket options. A test compares each with the headers of the machine.</summary>
internal static class NetlinkConstants
{
    internal const int AF_NETLINK = 16;
    internal const int AF_UNSPEC = 0;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_BRIDGE = 7;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_SOCKET = 1;
    internal const int SOL_NETLINK = 270;
    internal const int SO_RCVBUF = 8;
    internal const int SO_SNDBUF = 7;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SO_RCVTIMEO = 20;
    internal const int MSG_PEEK = 2;
    internal const int MSG_TRUNC = 32;
    internal const int MSG_DONTWAIT = 64;
    internal const int NETLINK_ROUTE = 0;
    internal const int NETLINK_NETFILTER = 12;
    internal const int NETLINK_CAP_ACK = 10;
    internal const int NETLINK_EXT_ACK = 11;
    internal const int NETLINK_GET_STRICT_CHK = 12;
    internal const int NLMSG_NOOP = 1;
    internal const int NLMSG_ERROR = 2;
    internal const int NLMSG_DONE = 3;
    internal const int NLMSG_OVERRUN = 4;
    internal const int NLMSG_MIN_TYPE = 16;
    internal const int NLM_F_REQUEST = 1;
    internal const int NLM_F_MULTI = 2;
    internal const int NLM_F_ACK = 4;
    internal const int NLM_F_ECHO = 8;
    internal const int NLM_F_DUMP_INTR = 16;
    internal const int NLM_F_DUMP = 768;
    internal const int NLM_F_REPLACE = 256;
    internal const int NLM_F_EXCL = 512;
    internal const int NLM_F_CREATE = 1024;
    internal const int NLM_F_APPEND = 2048;
    internal const int NLM_F_CAPPED = 256;
    internal const int NLM_F_ACK_TLVS = 512;
    internal const int NLA_F_NESTED = 0x8000;
    internal const int NLA_F_NET_BYTEORDER = 0x4000;
    internal const int NLMSGERR_ATTR_MSG = 1;
    internal const int NLMSGERR_ATTR_OFFS = 2;
}
