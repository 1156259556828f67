using System.Runtime.InteropServices;

namespace Viper.Cli.Interop;

/// <summary>termios(3), read(2), isatty(3).</summary>
internal static partial class Libc
{
    /// <summary>Standard input.</summary>
    internal const int StandardInput = 0;

    /// <summary>More than struct termios has in any C library for Linux (60 bytes).</summary>
    internal const int TerminalSettingsSize = 128;

    // After what was printed has been sent; what was typed meanwhile stays.
    private const int TCSADRAIN = 1;

    private const int EINTR = 4;
    private const nuint TIOCGWINSZ = 0x5413;

    /// <summary>Whether a descriptor is a terminal (isatty).</summary>
    internal static bool IsTerminal(int fd) => isatty(fd) == 1;

    /// <summary>The settings of a terminal as they are now (tcgetattr); null where they cannot be had.</summary>
    internal static unsafe byte[]? GetTerminal(int fd)
    {
        byte[] settings = new byte[TerminalSettingsSize];
        fixed (byte* start = settings)
        {
            // SAFETY: the buffer is larger than the structure.
            return tcgetattr(fd, start) == 0 ? settings : null;
        }
    }

    /// <summary>Gives a terminal its settings (tcsetattr).</summary>
    internal static unsafe bool SetTerminal(int fd, byte[] settings)
    {
        fixed (byte* start = settings)
        {
            // SAFETY: the buffer came from GetTerminal.
            int result;
            do
            {
                result = tcsetattr(fd, TCSADRAIN, start);
            }
            while (result != 0 && Marshal.GetLastPInvokeError() == EINTR);
            return result == 0;
        }
    }

    /// <summary>The same settings without any meaning of keys, echo or line ends (cfmakeraw).</summary>
    internal static unsafe byte[] MakeRaw(byte[] settings)
    {
        byte[] raw = [.. settings];
        fixed (byte* start = raw)
        {
            // SAFETY: the buffer came from GetTerminal.
            cfmakeraw(start);
        }

        return raw;
    }

    /// <summary>Reads bytes, waiting for them (read); 0 at the end and after an error.</summary>
    internal static unsafe int Read(int fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                // SAFETY: the count is the buffer's length.
                nint count = read(fd, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Marshal.GetLastPInvokeError() != EINTR)
                {
                    return 0;
                }
            }
        }
    }

    /// <summary>The size of a terminal, in characters (TIOCGWINSZ); null where it is none, or has none.</summary>
    internal static unsafe (int Cols, int Rows)? GetWindowSize(int fd)
    {
        // struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; };  asm-generic/termios.h
        ushort* size = stackalloc ushort[4];

        // SAFETY: the buffer has the size of struct winsize.
        return ioctl(fd, TIOCGWINSZ, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : null;
    }

    // int ioctl(int fd, unsigned long request, ...); sys/ioctl.h
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(int fd, nuint request, void* argument);

    // int isatty(int fd); unistd.h
    [LibraryImport("libc")]
    private static partial int isatty(int fd);

    // int tcgetattr(int fd, struct termios *termios_p); termios.h
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int tcgetattr(int fd, byte* settings);

    // int tcsetattr(int fd, int optional_actions, const struct termios *termios_p); termios.h
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int tcsetattr(int fd, int actions, byte* settings);

    // void cfmakeraw(struct termios *termios_p); termios.h
    [LibraryImport("libc")]
    private static unsafe partial void cfmakeraw(byte* settings);

    // ssize_t read(int fd, void buf[count], size_t count); unistd.h
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int fd, byte* buffer, nuint count);
}
