using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of every attribute. (linux/netlink.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlattr
{
    internal ushort nla_len;
    internal ushort nla_type;
}
