using System.Collections;
using Viper.Daemon.Hosting;
using Viper.Net;

namespace Viper.Daemon.Composition;

/// <summary>Brings the program into the network namespace of <c>--netns</c>.</summary>
internal static class NamespaceComposition
{
    /// <summary>Tells the program that it runs inside already: the namespace's name and, for a child inherits it, the process.</summary>
    private const string Mark = "VIPER_INSIDE_NETNS";

    /// <summary>Returns where the process lives in the namespace already; otherwise replaces it by itself inside, with the same arguments.</summary>
    internal static void Enter(string name, CancellationToken stop)
    {
        string inside = $"{Environment.ProcessId}:{name}";
        if (Environment.GetEnvironmentVariable(Mark) == inside)
        {
            return;
        }

        Dictionary<string, string> environment = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        environment[Mark] = inside;
        try
        {
            NetworkNamespace.ReExecute(name, NetworkNamespace.CurrentArguments(), environment, stop.ThrowIfCancellationRequested);
        }
        catch (NetworkNamespaceException e)
        {
            throw new StartException($"{e.Message} `ip netns add {name}` makes it.");
        }
    }
}
