using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>lseek(2) over holes, rename(2).</summary>
internal static partial class Libc
{
    internal const int SEEK_DATA = 3;
    internal const int SEEK_HOLE = 4;
    internal const int ENXIO = 6;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(SafeHandle fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string from, string to);
}
