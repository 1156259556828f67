using Viper.Daemon.Hosting;

namespace Viper.Daemon.Composition;

/// <summary>Brings the program into the network namespace of <c>--netns</c>.</summary>
internal static class NamespaceComposition
{
    /// <summary>Returns where the process lives in the namespace already; otherwise replaces it by itself inside, with the same arguments.</summary>
    internal static void Enter(string name, IReadOnlyList<string> arguments) =>
        throw new StartException($"This build of viperd cannot enter the network namespace '{name}'.");
}
