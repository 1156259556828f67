using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>One word of a packet that a u32 filter compares (linux/pkt_cls.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tc_u32_key
{
    internal uint mask;
    internal uint val;
    internal int off;
    internal int offmask;
}
