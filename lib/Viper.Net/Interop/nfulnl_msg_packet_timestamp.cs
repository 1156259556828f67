using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>When a logged packet came (linux/netfilter/nfnetlink_log.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nfulnl_msg_packet_timestamp
{
    internal ulong sec;
    internal ulong usec;
}
