using System.Runtime.InteropServices;

namespace Viper.State.Interop;

/// <summary>access(2): https://man7.org/linux/man-pages/man2/access.2.html.</summary>
internal static partial class Libc
{
    internal const int W_OK = 2;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int access(string pathname, int mode);
}
