namespace Viper.Net.Interop;

/// <summary>Links of the kinds vxlan and vlan (linux/if_link.h).</summary>
internal static class TunnelConstants
{
    internal const int IFLA_VXLAN_ID = 1;
    internal const int IFLA_VXLAN_GROUP = 2;
    internal const int IFLA_VXLAN_LINK = 3;
    internal const int IFLA_VXLAN_LOCAL = 4;
    internal const int IFLA_VXLAN_TTL = 5;
    internal const int IFLA_VXLAN_LEARNING = 7;
    internal const int IFLA_VXLAN_PORT = 15;
    internal const int IFLA_VXLAN_GROUP6 = 16;
    internal const int IFLA_VXLAN_LOCAL6 = 17;
    internal const int IFLA_VLAN_ID = 1;
    internal const int IFLA_VLAN_PROTOCOL = 5;
    internal const int ETH_P_8021Q = 0x8100;
    internal const int ETH_P_8021AD = 0x88a8;
}
