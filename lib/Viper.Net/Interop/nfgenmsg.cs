using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Head of a netfilter message. (linux/netfilter/nfnetlink.h)</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nfgenmsg
{
    internal byte nfgen_family;
    internal byte version;
    internal ushort res_id;
}
