using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Settings of a class of hierarchical token buckets (linux/pkt_sched.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tc_htb_opt
{
    internal tc_ratespec rate;
    internal tc_ratespec ceil;
    internal uint buffer;
    internal uint cbuffer;
    internal uint quantum;
    internal uint level;
    internal uint prio;
}
