using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>Bytes and packets that passed (linux/gen_stats.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct gnet_stats_basic
{
    internal ulong bytes;
    internal uint packets;
}
