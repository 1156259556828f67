using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Settings of a token bucket (linux/pkt_sched.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tc_tbf_qopt
{
    internal tc_ratespec rate;
    internal tc_ratespec peakrate;
    internal uint limit;
    internal uint buffer;
    internal uint mtu;
}
