using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Viper.Net.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(SafeFileHandle fd, int type);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int execve(string path, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    internal static partial nint signal(int number, nint disposition);

    [LibraryImport(Library)]
    internal static partial int kill(int pid, int signal);
}
