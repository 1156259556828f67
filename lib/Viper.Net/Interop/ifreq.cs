using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

/// <summary>The part of an interface request that TUNSETIFF reads. (linux/if.h)</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct ifreq
{
    [FieldOffset(0)]
    internal fixed byte ifr_name[16];

    [FieldOffset(16)]
    internal short ifr_flags;
}
