using System.Globalization;
using System.Text;
using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>Finds VMMs of an earlier daemon that it had no time to write down.</summary>
internal static class StrayVmms
{
    private static readonly string[] s_programs = ["qemu-system", "cloud-hypervisor"];

    /// <summary>Every VMM process on whose command line stands a path inside the VMs' run folders, with the name of the folder there.</summary>
    /// <remarks>A VMM is known by its program: somebody's <c>tail</c> of a file there is none.</remarks>
    public static IEnumerable<(ProcessIdentity Process, string RunFolder)> Find(EngineSettings settings)
    {
        string inside = VmFolders.RunRoot(settings).TrimEnd('/') + "/";
        string[] programs = [.. s_programs, .. new[] { settings.QemuPath, settings.CloudHypervisorPath }.OfType<string>().Select(static path => Path.GetFileName(path))];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && RunFolderOf(folder, programs, inside) is { } run && ProcessIdentity.Of(pid) is { } identity)
            {
                yield return (identity, run);
            }
        }
    }

    private static string? RunFolderOf(string folder, string[] programs, string inside)
    {
        try
        {
            string[] words = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Split('\0');
            string program = Path.GetFileName(words[0]);
            string? path = programs.Any(p => program.StartsWith(p, StringComparison.Ordinal))
                ? words.Skip(1).FirstOrDefault(w => w.Contains(inside, StringComparison.Ordinal))
                : null;
            return path?[(path.IndexOf(inside, StringComparison.Ordinal) + inside.Length)..].Split('/', ',')[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
            return null;
        }
    }
}
