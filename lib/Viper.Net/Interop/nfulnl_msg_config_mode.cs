using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>How much of a packet a listener wants (linux/netfilter/nfnetlink_log.h).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct nfulnl_msg_config_mode
{
    internal uint copy_range;
    internal byte copy_mode;
    internal byte _pad;
}
