using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>What a logged packet was (linux/netfilter/nfnetlink_log.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nfulnl_msg_packet_hdr
{
    internal ushort hw_protocol;
    internal byte hook;
    internal byte _pad;
}
