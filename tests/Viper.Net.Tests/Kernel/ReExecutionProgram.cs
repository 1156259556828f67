using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Interop;

namespace Viper.Net.Tests.Kernel;

/// <summary>What this test program does instead of testing when the environment says so: start again inside a namespace and tell where its threads are.</summary>
internal static class ReExecutionProgram
{
    internal const string Stage = "VIPER_TEST_REEXECUTE";
    internal const int HandlerHadRun = 42;
    internal const string Name = "VIPER_TEST_NETNS";

    /// <summary>Go inside at once.</summary>
    internal const string Plain = "plain";

    /// <summary>Get a SIGTERM that is handled, then go; the last word tells whether the handler has run.</summary>
    internal const string SignalledBefore = "before";

    /// <summary>Get a SIGTERM at the last word.</summary>
    internal const string SignalledAtLast = "last";

    private const string Inside = "inside";

#pragma warning disable CA2255 // It must run before the test runner's own Main.
    [ModuleInitializer]
    internal static void Divert()
#pragma warning restore CA2255
    {
        string? stage = Environment.GetEnvironmentVariable(Stage);
        if (stage is null)
        {
            return;
        }

        if (stage != Inside)
        {
            Dictionary<string, string> environment = new(StringComparer.Ordinal);
            foreach (DictionaryEntry pair in Environment.GetEnvironmentVariables())
            {
                environment[(string)pair.Key] = (string)pair.Value!;
            }

            environment[Stage] = Inside;
            bool handled = false;
            using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                Volatile.Write(ref handled, true);
            });
            if (stage == SignalledBefore)
            {
                _ = Libc.kill(Environment.ProcessId, SystemConstants.SIGTERM);
            }

            NetworkNamespace.ReExecute(Environment.GetEnvironmentVariable(Name)!, NetworkNamespace.CurrentArguments(), environment, LastWord);

            void LastWord()
            {
                if (stage == SignalledBefore)
                {
                    Environment.Exit(Volatile.Read(ref handled) ? HandlerHadRun : 1);
                }

                if (stage == SignalledAtLast)
                {
                    _ = Libc.kill(Environment.ProcessId, SystemConstants.SIGTERM);
                }
            }
        }

        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            Console.WriteLine(new FileInfo($"{task}/ns/net").LinkTarget);
        }

        Environment.Exit(0);
    }
}
