using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of every netlink message. (linux/netlink.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlmsghdr
{
    internal uint nlmsg_len;
    internal ushort nlmsg_type;
    internal ushort nlmsg_flags;
    internal uint nlmsg_seq;
    internal uint nlmsg_pid;
}
