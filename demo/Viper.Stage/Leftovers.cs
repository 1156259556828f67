using Viper.Net;

namespace Viper.Stage;

/// <summary>Looks for what a deleted VM might have left behind.</summary>
public static class Leftovers
{
    /// <summary>VMM processes whose command line names the folder.</summary>
    public static IReadOnlyList<string> Processes(string folder)
    {
        List<string> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(static p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            try
            {
                string line = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
                if (line.Contains(folder, StringComparison.Ordinal) && (line.Contains("qemu", StringComparison.Ordinal) || line.Contains("cloud-hypervisor", StringComparison.Ordinal)))
                {
                    found.Add($"{Path.GetFileName(process)} {line[..Math.Min(60, line.Length)]}");
                }
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return found;
    }

    /// <summary>Tap devices in the namespace that Viper ran in.</summary>
    public static IReadOnlyList<string> Taps(NetworkNamespace? where)
    {
        return where is null ? Look() : where.Run(Look);

        static IReadOnlyList<string> Look()
        {
            using RouteSocket routes = new();
            return [.. routes.ListLinks().Where(static l => l.Kind == LinkKind.Tun && l.Name.StartsWith("vt", StringComparison.Ordinal)).Select(static l => l.Name)];
        }
    }

    /// <summary>What is in the folder of the VMs' sockets.</summary>
    public static IReadOnlyList<string> Sockets(string runtimeFolder)
    {
        string vms = Path.Combine(runtimeFolder, "vms");
        return Directory.Exists(vms) ? Directory.GetFileSystemEntries(vms, "*", SearchOption.AllDirectories) : [];
    }

    /// <summary>Says what was looked for and what was found; true if that was nothing.</summary>
    public static bool Report(string what, IReadOnlyList<string> found)
    {
        Console.WriteLine(found.Count == 0 ? $"  no {what}" : $"  {what} LEFT: {string.Join(", ", found)}");
        return found.Count == 0;
    }
}
