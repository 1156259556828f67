namespace Viper.Hypervisor.Processes;

/// <summary>The control groups in which this host lets machines be put: a folder <c>viper</c> at the top of each hierarchy.</summary>
/// <remarks>
/// Thread-safe. Version 2 serves only if it has the controllers of memory, cpu and pids, since on many hosts it is mounted
/// beside version 1 and has none. The folder stays: it is shared by all programs that use this library.
/// </remarks>
internal sealed class CgroupHost
{
    private const string Parent = "viper";

    private static readonly Lazy<CgroupHost> s_shared = new(() => Probe(CgroupMounts.Read()));

    private CgroupHost(CgroupVersion version, IReadOnlyDictionary<string, string> parents, string reason)
    {
        Version = version;
        Parents = parents;
        Reason = reason;
    }

    public static CgroupHost Shared => s_shared.Value;

    public CgroupVersion Version { get; }

    /// <summary>The folder under which groups are made, by controller; under version 2 all are the same.</summary>
    public IReadOnlyDictionary<string, string> Parents { get; }

    /// <summary>Why something is missing; empty when nothing is.</summary>
    public string Reason { get; }

    /// <summary>A host without control groups.</summary>
    public static CgroupHost Unusable(string reason) => new(CgroupVersion.None, new Dictionary<string, string>(), reason);

    /// <summary>Finds out by making the parent folders what can be used.</summary>
    public static CgroupHost Probe(CgroupMounts mounts)
    {
        try
        {
            if (mounts.Unified is { } unified && Offered(unified) is var offered && CgroupMounts.Wanted.All(offered.Contains))
            {
                string[] used = [.. CgroupMounts.Wanted, .. offered.Where(static controller => controller == CgroupMounts.Disk)];
                return new CgroupHost(CgroupVersion.V2, PrepareUnified(unified, used), "");
            }

            if (mounts.Controllers.Count == 0)
            {
                return Unusable("the host mounts no memory, cpu or pids control groups");
            }

            Dictionary<string, string> parents = mounts.Controllers.ToDictionary(m => m.Key, m => Path.Combine(m.Value, Parent));
            foreach (string folder in parents.Values)
            {
                Directory.CreateDirectory(folder);
            }

            string[] missing = [.. CgroupMounts.Wanted.Where(controller => !parents.ContainsKey(controller))];
            return new CgroupHost(
                CgroupVersion.V1, parents, missing.Length == 0 ? "" : $"the host has no control groups for {string.Join(", ", missing)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unusable($"control groups cannot be made: {e.Message.TrimEnd('.')}");
        }
    }

    private static string[] Offered(string unified) =>
        File.ReadAllText(Path.Combine(unified, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    // A group has a controller only if every group above it hands it down.
    private static Dictionary<string, string> PrepareUnified(string unified, string[] controllers)
    {
        string hand = string.Join(' ', controllers.Select(static controller => "+" + controller));
        string parent = Path.Combine(unified, Parent);
        File.WriteAllText(Path.Combine(unified, "cgroup.subtree_control"), hand);
        Directory.CreateDirectory(parent);
        File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), hand);
        return controllers.ToDictionary(static controller => controller, _ => parent);
    }
}
