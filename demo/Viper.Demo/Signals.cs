using System.Runtime.InteropServices;

namespace Viper.Demo;

/// <summary>Signals to programs that the demo started.</summary>
internal static partial class Signals
{
    private const int SIGTERM = 15;

    public static void Terminate(int pid) => _ = kill(pid, SIGTERM);

#pragma warning disable SYSLIB1054, CA2101 // Declared as the C library spells it.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
#pragma warning restore SYSLIB1054, CA2101
}
