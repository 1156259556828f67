using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>socket(2), bind(2), listen(2), if_nametoindex(3).</summary>
internal static partial class Libc
{
    internal const int AF_UNIX = 1;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_CLOEXEC = 0x80000;

    // struct sockaddr_un: a 2-byte family and 108 bytes of path, the last of which must be NUL (unix(7)).
    internal const int UnixAddressSize = 110;
    internal const int UnixPathOffset = 2;
    internal const int UnixPathLimit = 107;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int bind(SafeFd socket, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(SafeFd socket, int backlog);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);
}
