using System.Runtime.InteropServices;

namespace Viper.Stage;

/// <summary>Signals to programs that the stage started.</summary>
internal static partial class Signals
{
    private const int SIGINT = 2;
    private const int SIGTERM = 15;

    public static void Terminate(int pid) => _ = Send(pid, SIGTERM);

    public static void Interrupt(int pid) => _ = Send(pid, SIGINT);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}
