using System.Runtime.InteropServices;

namespace Viper.Net.Interop;

internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(SafeHandle fd, sockaddr_nl* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(SafeHandle fd, sockaddr_nl* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(SafeHandle fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendto(
        SafeHandle fd, byte* buffer, nuint length, int flags, sockaddr_nl* address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvfrom(
        SafeHandle fd, byte* buffer, nuint length, int flags, sockaddr_nl* address, uint* addressLength);
}
