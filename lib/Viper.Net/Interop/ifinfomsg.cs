using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of a link message. (linux/rtnetlink.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ifinfomsg
{
    internal byte ifi_family;
    internal byte __ifi_pad;
    internal ushort ifi_type;
    internal int ifi_index;
    internal uint ifi_flags;
    internal uint ifi_change;
}
