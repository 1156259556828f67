using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>A rate with the layer that it is counted on (linux/pkt_sched.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tc_ratespec
{
    internal byte cell_log;
    internal byte linklayer;
    internal ushort overhead;
    internal short cell_align;
    internal ushort mpu;
    internal uint rate;
}
