using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Viper.State.Interop;

/// <summary>What .NET does not have: access(2), and open(2) of a folder for fsync(2).</summary>
internal static partial class Libc
{
    internal const int W_OK = 2;
    internal const int O_DIRECTORY = 0x10000;
    internal const int O_CLOEXEC = 0x80000;
    internal const int ENOSPC = 28;
    internal const int EDQUOT = 122;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int access(string pathname, int mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int open(string pathname, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(SafeFileHandle fd);
}
