namespace Viper.Hypervisor.Processes;

/// <summary>Where the control groups of this host are mounted.</summary>
/// <remarks>See proc_pid_mountinfo(5) and cgroups(7).</remarks>
/// <param name="Unified">The folder of version 2, or null.</param>
/// <param name="Controllers">The folders of version 1 by controller, as version 2 names it: memory, cpu, pids, io.</param>
internal sealed record CgroupMounts(string? Unified, IReadOnlyDictionary<string, string> Controllers)
{
    /// <summary>The controllers that limits need.</summary>
    public static IReadOnlyList<string> Wanted { get; } = ["memory", "cpu", "pids"];

    /// <summary>The controller of limits that are rarely asked for; named <c>blkio</c> in version 1.</summary>
    public const string Disk = "io";

    public static CgroupMounts Read()
    {
        try
        {
            return Parse(File.ReadAllText("/proc/self/mountinfo"));
        }
        catch (IOException)
        {
            return new CgroupMounts(null, new Dictionary<string, string>());
        }
    }

    // 36 35 98:0 /root /mount/point options optional* - type source super-options
    public static CgroupMounts Parse(string mountInfo)
    {
        string? unified = null;
        Dictionary<string, string> controllers = [];
        foreach (string line in mountInfo.Split('\n'))
        {
            int dash = line.IndexOf(" - ", StringComparison.Ordinal);
            string[] fields = dash < 0 ? [] : line[..dash].Split(' ');
            string[] kind = dash < 0 ? [] : line[(dash + 3)..].Split(' ');

            // A mount of a part of the hierarchy is a container's window on it, which serves as well.
            if (fields.Length < 6 || kind.Length < 3)
            {
                continue;
            }

            if (kind[0] == "cgroup2")
            {
                unified ??= fields[4];
            }
            else if (kind[0] == "cgroup")
            {
                foreach (string option in kind[2].Split(',').Select(static option => option == "blkio" ? Disk : option)
                    .Where(static option => option == Disk || Wanted.Contains(option)))
                {
                    controllers.TryAdd(option, fields[4]);
                }
            }
        }

        return new CgroupMounts(unified, controllers);
    }
}
