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
}
