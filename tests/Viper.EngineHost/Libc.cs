using System.Runtime.InteropServices;

namespace Viper.EngineHost;

internal static partial class Libc
{
    private const int SIGKILL = 9;

    /// <summary>Ends this process as <c>kill -9</c> does; the calling thread does nothing more.</summary>
    public static void Die() => _ = kill(Environment.ProcessId, SIGKILL);

    // signal(7): a thread that sends itself a signal has it before the call returns.
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int kill(int pid, int signal);
}
