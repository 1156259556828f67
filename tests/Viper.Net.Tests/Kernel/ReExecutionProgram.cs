using System.Collections;
using System.Runtime.CompilerServices;

namespace Viper.Net.Tests.Kernel;

/// <summary>What this test program does instead of testing when the environment says so: start again inside a namespace and tell where its threads are.</summary>
internal static class ReExecutionProgram
{
    internal const string Stage = "VIPER_TEST_REEXECUTE";
    internal const string Name = "VIPER_TEST_NETNS";
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
            NetworkNamespace.ReExecute(Environment.GetEnvironmentVariable(Name)!, NetworkNamespace.CurrentArguments(), environment);
        }

        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            Console.WriteLine(new FileInfo($"{task}/ns/net").LinkTarget);
        }

        Environment.Exit(0);
    }
}
