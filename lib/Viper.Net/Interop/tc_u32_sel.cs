using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>What a u32 filter looks at; its keys follow (linux/pkt_cls.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tc_u32_sel
{
    internal byte flags;
    internal byte offshift;
    internal byte nkeys;
    internal ushort offmask;
    internal ushort off;
    internal short offoff;
    internal short hoff;
    internal uint hmask;
}
