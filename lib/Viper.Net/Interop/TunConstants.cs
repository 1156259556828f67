namespace Viper.Net.Interop;

/// <summary>Tap devices (linux/if_tun.h). A test compares each with the headers of the machine.</summary>
internal static class TunConstants
{
    internal const int IFF_TAP = 2;
    internal const int IFF_NO_PI = 0x1000;
    internal const int IFF_VNET_HDR = 0x4000;
    internal const int IFF_MULTI_QUEUE = 256;
    internal const int IFF_TUN_EXCL = 0x8000;
    internal const int TUNSETIFF = 0x400454ca;
    internal const int TUNSETPERSIST = 0x400454cb;
    internal const int TUNSETOWNER = 0x400454cc;
    internal const uint TUNGETIFF = 0x800454d2;
    internal const uint TUNGETFEATURES = 0x800454cf;
    internal const int TUNSETGROUP = 0x400454ce;
    internal const int TUNSETVNETHDRSZ = 0x400454d8;
    internal const uint TUNGETVNETHDRSZ = 0x800454d7;
    internal const int TUNSETOFFLOAD = 0x400454d0;
    internal const int TUN_F_CSUM = 1;
    internal const int TUN_F_TSO4 = 2;
    internal const int TUN_F_TSO6 = 4;
    internal const int TUN_F_TSO_ECN = 8;
    internal const int SIOCGIFINDEX = 0x8933;
}
