namespace Viper.Net.Interop;

/// <summary>Links (linux/rtnetlink.h, linux/if_link.h, linux/if.h, linux/veth.h). A test compares each with the headers of the machine.</summary>
internal static class LinkConstants
{
    internal const int RTM_NEWLINK = 16;
    internal const int RTM_DELLINK = 17;
    internal const int RTM_GETLINK = 18;
    internal const int RTM_SETLINK = 19;
    internal const int IFLA_ADDRESS = 1;
    internal const int IFLA_IFNAME = 3;
    internal const int IFLA_MTU = 4;
    internal const int IFLA_LINK = 5;
    internal const int IFLA_MASTER = 10;
    internal const int IFLA_PROTINFO = 12;
    internal const int IFLA_LINKINFO = 18;
    internal const int IFLA_OPERSTATE = 16;
    internal const int IFLA_AF_SPEC = 26;
    internal const int IFLA_IFALIAS = 20;
    internal const int IFLA_GROUP = 27;
    internal const int IFLA_NET_NS_FD = 28;
    internal const int IFLA_EXT_MASK = 29;
    internal const int IFLA_INFO_KIND = 1;
    internal const int IFLA_INFO_DATA = 2;
    internal const int IFLA_INFO_SLAVE_KIND = 4;
    internal const int IFLA_INFO_SLAVE_DATA = 5;
    internal const int IFLA_INET6_ADDR_GEN_MODE = 8;
    internal const int IN6_ADDR_GEN_MODE_EUI64 = 0;
    internal const int IN6_ADDR_GEN_MODE_NONE = 1;
    internal const int VETH_INFO_PEER = 1;
    internal const int IFF_UP = 1;
    internal const int IFF_RUNNING = 64;
    internal const int IFF_LOWER_UP = 0x10000;
    internal const int IFNAMSIZ = 16;
    internal const int RTEXT_FILTER_SKIP_STATS = 8;
    internal const int IFLA_NET_NS_PID = 19;
    internal const int IFLA_STATS64 = 23;
    internal const int IFLA_TXQLEN = 13;
    internal const int IFLA_NUM_TX_QUEUES = 31;
}
