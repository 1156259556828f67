using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>ioctl(2) on /dev/net/tun: linux/if_tun.h and linux/if.h.</summary>
internal static partial class Libc
{
    internal const nuint TUNSETIFF = 0x400454ca;
    internal const short IFF_TAP = 0x0002;
    internal const short IFF_NO_PI = 0x1000;
    internal const short IFF_VNET_HDR = 0x4000;

    // struct ifreq: 16 bytes of name, then a union of 24 bytes whose first two are the flags.
    internal const int InterfaceRequestSize = 40;
    internal const int InterfaceNameSize = 16;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int ioctl(SafeFd fd, nuint request, byte* argument);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "fcntl")]
    internal static partial int fcntl_handle(SafeHandle fd, int command, nint argument);
}
