using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of a traffic control message (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tcmsg
{
    internal byte tcm_family;
    internal byte tcm__pad1;
    internal ushort tcm__pad2;
    internal int tcm_ifindex;
    internal uint tcm_handle;
    internal uint tcm_parent;
    internal uint tcm_info;
}
