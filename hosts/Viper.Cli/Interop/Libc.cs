using System.Runtime.InteropServices;

namespace Viper.Cli.Interop;

/// <summary>What is needed of the C library.</summary>
internal static partial class Libc
{
    /// <summary>Replaces this process by another program with the same environment and files (execv); returns errno, and only on failure.</summary>
    internal static int Execute(string program, IReadOnlyList<string> arguments)
    {
        nint[] argv = new nint[arguments.Count + 1];
        try
        {
            for (int i = 0; i < arguments.Count; i++)
            {
                argv[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
            }

            _ = execv(program, argv);
            return Marshal.GetLastPInvokeError();
        }
        finally
        {
            foreach (nint argument in argv)
            {
                Marshal.FreeCoTaskMem(argument);
            }
        }
    }

    // int execv(const char *pathname, char *const argv[]); unistd.h
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string pathname, [In] nint[] argv);

    /// <summary>Whether a path names a device, a pipe or a socket: something to write to, not to put a file in the place of (statx).</summary>
    internal static unsafe bool IsSpecialFile(string path)
    {
        const int AT_FDCWD = -100;
        const uint STATX_TYPE = 1;
        const int StatxSize = 256;
        const int ModeOffset = 28;
        const int S_IFMT = 0xF000;
        const int S_IFREG = 0x8000;
        const int S_IFDIR = 0x4000;
        byte* facts = stackalloc byte[StatxSize];

        // SAFETY: the buffer has the size of struct statx (linux/stat.h).
        return statx(AT_FDCWD, path, 0, STATX_TYPE, facts) == 0 && (*(ushort*)(facts + ModeOffset) & S_IFMT) is not (S_IFREG or S_IFDIR);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* facts);
}
