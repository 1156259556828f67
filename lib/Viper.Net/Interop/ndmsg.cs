using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of a neighbour or forwarding message. (linux/neighbour.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ndmsg
{
    internal byte ndm_family;
    internal byte ndm_pad1;
    internal ushort ndm_pad2;
    internal int ndm_ifindex;
    internal ushort ndm_state;
    internal byte ndm_flags;
    internal byte ndm_type;
}
