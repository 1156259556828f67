namespace Viper.Net.Interop;

/// <summary>Addresses, routes and neighbours (linux/if_addr.h, linux/rtnetlink.h, linux/neighbour.h). A test compares each with the headers of the machine.</summary>
internal static class AddressConstants
{
    internal const int RTM_NEWADDR = 20;
    internal const int RTM_DELADDR = 21;
    internal const int RTM_GETADDR = 22;
    internal const int IFA_ADDRESS = 1;
    internal const int IFA_LOCAL = 2;
    internal const int RTM_NEWROUTE = 24;
    internal const int RTM_DELROUTE = 25;
    internal const int RTM_GETROUTE = 26;
    internal const int RTA_DST = 1;
    internal const int RTA_OIF = 4;
    internal const int RTA_GATEWAY = 5;
    internal const int RTA_PREFSRC = 7;
    internal const int RTA_TABLE = 15;
    internal const int RTA_PRIORITY = 6;
    internal const int RT_TABLE_UNSPEC = 0;
    internal const int RT_TABLE_MAIN = 254;
    internal const int RT_TABLE_LOCAL = 255;
    internal const int RTPROT_BOOT = 3;
    internal const int RTPROT_KERNEL = 2;
    internal const int RT_SCOPE_UNIVERSE = 0;
    internal const int RT_SCOPE_LINK = 253;
    internal const int RT_SCOPE_HOST = 254;
    internal const int RTN_UNICAST = 1;
    internal const int RTN_LOCAL = 2;
    internal const int RTM_NEWNEIGH = 28;
    internal const int RTM_DELNEIGH = 29;
    internal const int RTM_GETNEIGH = 30;
    internal const int NDA_DST = 1;
    internal const int NDA_LLADDR = 2;
    internal const int NDA_MASTER = 9;
    internal const int NUD_PERMANENT = 128;
    internal const int NUD_NOARP = 64;
    internal const int NTF_MASTER = 4;
    internal const int NTF_SELF = 2;
}
