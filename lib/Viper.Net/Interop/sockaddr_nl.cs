using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>One end of a netlink socket. (linux/netlink.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_nl
{
    internal ushort nl_family;
    internal ushort nl_pad;
    internal uint nl_pid;
    internal uint nl_groups;
}
