using System.Runtime.InteropServices;

namespace Viper.Agent.Interop;

/// <summary>sys/ioctl.h and asm-generic/ioctls.h.</summary>
internal static partial class Libc
{
    internal const uint TIOCSWINSZ = 0x5414;
    internal const uint TIOCGPTN = 0x80045430;
    internal const uint TIOCSPTLCK = 0x40045431;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int ioctl(int fd, nuint request, void* argument);

    // struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; };  <asm-generic/termios.h>
    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        internal ushort ws_row;
        internal ushort ws_col;
        internal ushort ws_xpixel;
        internal ushort ws_ypixel;
    }
}
