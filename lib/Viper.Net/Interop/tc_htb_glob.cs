using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Settings of a discipline of hierarchical token buckets (linux/pkt_sched.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tc_htb_glob
{
    internal uint version;
    internal uint rate2quantum;
    internal uint defcls;
    internal uint debug;
    internal uint direct_pkts;
}
