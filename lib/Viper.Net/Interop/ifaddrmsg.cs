using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of an address message. (linux/if_addr.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ifaddrmsg
{
    internal byte ifa_family;
    internal byte ifa_prefixlen;
    internal byte ifa_flags;
    internal byte ifa_scope;
    internal uint ifa_index;
}
