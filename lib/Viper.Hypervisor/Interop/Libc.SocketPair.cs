using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>socketpair(2).</summary>
internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int socketpair(int domain, int type, int protocol, int* sockets);
}
