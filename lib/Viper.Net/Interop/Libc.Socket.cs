using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Viper.Net.Interop;

internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(SafeFileHandle fd, sockaddr_nl* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(SafeFileHandle fd, sockaddr_nl* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(SafeFileHandle fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendto(
        SafeFileHandle fd, byte* buffer, nuint length, int flags, sockaddr_nl* address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvfrom(
        SafeFileHandle fd, byte* buffer, nuint length, int flags, sockaddr_nl* address, uint* addressLength);
}
