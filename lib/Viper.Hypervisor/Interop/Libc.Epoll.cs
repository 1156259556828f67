using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>epoll(7).</summary>
internal static partial class Libc
{
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const uint EPOLLIN = 1;

    // struct epoll_event is packed (12 bytes) on x86-64 and naturally aligned (16 bytes) elsewhere.
    internal static readonly int EpollEventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    internal static readonly int EpollEventDataOffset = EpollEventSize - 8;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int epoll_ctl(SafeFd epoll, int operation, SafeFd fd, byte* epollEvent);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int epoll_wait(SafeFd epoll, byte* events, int count, int timeout);
}
