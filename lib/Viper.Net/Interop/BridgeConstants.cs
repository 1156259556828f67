namespace Viper.Net.Interop;

/// <summary>Bridges and their ports (linux/if_link.h). A test compares each with the headers of the machine.</summary>
internal static class BridgeConstants
{
    internal const int IFLA_BR_FORWARD_DELAY = 1;
    internal const int IFLA_BR_AGEING_TIME = 4;
    internal const int IFLA_BR_STP_STATE = 5;
    internal const int IFLA_BR_MCAST_SNOOPING = 23;
    internal const int IFLA_BRPORT_STATE = 1;
    internal const int IFLA_BRPORT_MODE = 4;
    internal const int IFLA_BRPORT_GUARD = 5;
    internal const int IFLA_BRPORT_PROTECT = 6;
    internal const int IFLA_BRPORT_FAST_LEAVE = 7;
    internal const int IFLA_BRPORT_LEARNING = 8;
    internal const int IFLA_BRPORT_UNICAST_FLOOD = 9;
    internal const int IFLA_BRPORT_MCAST_FLOOD = 27;
    internal const int IFLA_BRPORT_BCAST_FLOOD = 30;
    internal const int IFLA_BRPORT_NEIGH_SUPPRESS = 32;
    internal const int IFLA_BRPORT_ISOLATED = 33;
    internal const int IFLA_BRPORT_LOCKED = 39;
}
