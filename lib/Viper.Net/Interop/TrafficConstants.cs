namespace Viper.Net.Interop;

/// <summary>Queueing disciplines, classes, filters and actions (linux/rtnetlink.h, linux/pkt_sched.h, linux/pkt_cls.h, linux/tc_act/tc_mirred.h).</summary>
internal static class TrafficConstants
{
    internal const int RTM_NEWQDISC = 36;
    internal const int RTM_DELQDISC = 37;
    internal const int RTM_GETQDISC = 38;
    internal const int RTM_NEWTCLASS = 40;
    internal const int RTM_DELTCLASS = 41;
    internal const int RTM_GETTCLASS = 42;
    internal const int RTM_NEWTFILTER = 44;
    internal const int RTM_DELTFILTER = 45;
    internal const int RTM_GETTFILTER = 46;
    internal const int TCA_KIND = 1;
    internal const int TCA_OPTIONS = 2;
    internal const int TCA_STATS2 = 7;
    internal const int TCA_STATS_BASIC = 1;
    internal const int TCA_STATS_QUEUE = 3;
    internal const int TCA_CHAIN = 11;
    internal const uint TC_H_ROOT = 0xffffffff;
    internal const uint TC_H_INGRESS = 0xfffffff1;
    internal const int TC_LINKLAYER_ETHERNET = 1;
    internal const int TCA_TBF_PARMS = 1;
    internal const int TCA_TBF_RATE64 = 4;
    internal const int TCA_TBF_BURST = 6;
    internal const int TCA_HTB_PARMS = 1;
    internal const int TCA_HTB_INIT = 2;
    internal const int TCA_HTB_RATE64 = 6;
    internal const int TCA_HTB_CEIL64 = 7;
    internal const int TCA_U32_CLASSID = 1;
    internal const int TCA_U32_SEL = 5;
    internal const int TCA_U32_ACT = 7;
    internal const int TC_U32_TERMINAL = 1;
    internal const int TCA_ACT_KIND = 1;
    internal const int TCA_ACT_OPTIONS = 2;
    internal const int TCA_MIRRED_PARMS = 2;
    internal const int TCA_EGRESS_REDIR = 1;
    internal const int TCA_EGRESS_MIRROR = 2;
    internal const int TCA_INGRESS_REDIR = 3;
    internal const int TCA_INGRESS_MIRROR = 4;
    internal const int TC_ACT_STOLEN = 4;
    internal const int TC_ACT_PIPE = 3;
    internal const int ETH_P_ALL = 3;
    internal const int ETH_P_IP = 2048;
    internal const int ETH_P_ARP = 2054;
    internal const int ETH_P_IPV6 = 0x86dd;
}
