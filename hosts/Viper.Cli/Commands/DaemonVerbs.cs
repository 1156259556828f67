using Viper.Cli.Interop;

namespace Viper.Cli.Commands;

/// <summary>The verbs that act on the host and need no daemon running: they are <c>viperd</c>'s, same flags, output and exit codes.</summary>
internal static class DaemonVerbs
{
    internal static readonly IReadOnlyList<(string Verb, string Help)> Help =
    [
        ("setup", "Make what VMs need of the host's network, or undo it (handed to viperd)."),
        ("doctor", "Check what VMs need of this host (handed to viperd)."),
        ("images", "Build images of recipes, and list those that are installed (handed to viperd)."),
        ("net", "Show the VMs' network as the kernel has it (handed to viperd)."),
        ("db", "Back up, check or compact the state database (handed to viperd)."),
    ];

    internal static bool IsOne(string[] arguments) =>
        arguments.Length > 0 && Help.Any(h => h.Verb == arguments[0]);

    /// <summary>Becomes <c>viperd</c>; returns only where that failed.</summary>
    internal static int HandOver(string[] arguments, TextWriter errors)
    {
        List<string> places = [.. Places().Distinct()];
        if (places.FirstOrDefault(File.Exists) is not { } program)
        {
            errors.WriteLine($"viper: '{arguments[0]}' is done by viperd, which was not found; looked at {string.Join(", ", places)}.");
            return ExitCode.Failed;
        }

        int errno = Libc.Execute(program, ["viperd", .. arguments]);
        errors.WriteLine($"viper: {program} could not be started: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)}.");
        return ExitCode.Failed;
    }

    // Beside this program first: the two belong together.
    private static IEnumerable<string> Places()
    {
        if (Environment.ProcessPath is { } self)
        {
            yield return Path.Combine(Path.GetDirectoryName(self)!, "viperd");
            if (new FileInfo(self).ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                yield return Path.Combine(Path.GetDirectoryName(target.FullName)!, "viperd");
            }
        }

        yield return Path.Combine(AppContext.BaseDirectory, "viperd");
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Path.Combine(folder, "viperd");
        }
    }
}
