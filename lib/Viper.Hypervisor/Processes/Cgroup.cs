using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Viper.Hypervisor.Processes;

/// <summary>The control group of one machine.</summary>
/// <remarks>
/// Not thread-safe. Its name is made of the machine's run folder, so a later program finds and removes what an earlier one left.
/// What the host refuses is told by <see cref="Confinement"/>, not by an error: a machine without
/// limits is better than none.
/// </remarks>
internal sealed partial class Cgroup
{
    private const int NameLimit = 64;

    // A process leaves its group a moment after its end is told on some kernels.
    private const int RetryLimit = 50;
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(2);

    private readonly CgroupHost _host;
    private readonly string _name;
    private readonly string[] _folders;

    private Cgroup(CgroupHost host, string name, IEnumerable<string> controllers)
    {
        _host = host;
        _name = name;
        _folders = [.. controllers.Select(controller => Path.Combine(host.Parents[controller], name)).Distinct()];
        Confinement = new ProcessConfinement(host.Version, _folders, false, false, false, false, host.Reason);
    }

    public ProcessConfinement Confinement { get; private set; }

    /// <summary>The name for a run folder: its last part, for people, and a digest of the whole.</summary>
    public static string NameOf(string runDirectory)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(runDirectory));
        string last = string.Concat(Path.GetFileName(folder).Take(NameLimit).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        return $"{last}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)).AsSpan(0, 8))}";
    }

    /// <summary>The run folders directly in a folder that have a group. A folder's name is told by its group's but for odd characters.</summary>
    public static IReadOnlyList<string> ListIn(CgroupHost host, string parentDirectory) =>
    [
        .. host.Parents.Values.Distinct().Where(Directory.Exists).SelectMany(Directory.GetDirectories).Select(Path.GetFileName).Distinct()
            .Select(group => (Group: group!, Run: Path.Combine(parentDirectory, group![..Math.Max(0, group!.LastIndexOf('-'))])))
            .Where(static found => NameOf(found.Run) == found.Group)
            .Select(static found => found.Run),
    ];

    /// <summary>The group of that name as it may be there; nothing is made.</summary>
    public static Cgroup Find(CgroupHost host, string name) => new(host, name, host.Parents.Keys);

    /// <summary>Makes the group and sets its limits.</summary>
    /// <remarks>
    /// Under version 1 it is made in the hierarchies of the limits, and in one more, so that every process is in a group of its own: a
    /// group costs its members time, that of memory most when they end.
    /// </remarks>
    /// <param name="host">The groups of this host.</param>
    /// <param name="name">The name, as <see cref="NameOf"/> gives it.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="disks">The files whose block devices the limits of disks are for.</param>
    public static Cgroup Make(CgroupHost host, string name, ProcessLimits limits, params IReadOnlyList<string> disks)
    {
        // An empty one of an earlier machine may have other limits.
        Find(host, name).RemoveEmpty();
        IReadOnlyList<string> devices = limits.HasDisk ? BlockDevice.Under(disks) : [];
        IReadOnlyList<CgroupLimit> spelled = [.. CgroupLimits.Spell(host.Version, limits, devices)];
        HashSet<string> wanted = [Membership(host), .. spelled.Select(static limit => limit.Controller)];
        Cgroup group = new(host, name, host.Parents.Keys.Where(wanted.Contains));
        try
        {
            foreach (string folder in group._folders)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            group.RemoveEmpty();
            return new Cgroup(CgroupHost.Unusable($"the control group could not be made: {e.Message.TrimEnd('.')}"), name, []);
        }

        group.Limit(limits, spelled, devices.Count > 0);
        return group;
    }

    /// <summary>Says what holds for a process that an earlier program put in, with the limits that it gave.</summary>
    public void Recognise(int pid, ProcessLimits limits)
    {
        string member = pid.ToString(CultureInfo.InvariantCulture);
        bool Holds(string controller) => _host.Parents.TryGetValue(controller, out string? parent)
            && IsListed(Path.Combine(parent, _name), member);

        if (!Array.Exists(_folders, folder => IsListed(folder, member)))
        {
            Confinement = Confinement with { Version = CgroupVersion.None, Reason = "the process is in no control group of its own" };
            return;
        }

        Confinement = Confinement with
        {
            MemoryLimited = limits.MemoryBytes is not null && Holds("memory"),
            CpuLimited = (limits.CpuWeight is not null || limits.CpuQuota is not null) && Holds("cpu"),
            ProcessCountLimited = limits.ProcessCount is not null && Holds("pids"),
            DiskLimited = limits.HasDisk && Holds("io"),
        };
    }

    /// <summary>Ends whatever still is in the group and removes it; an absent group is fine.</summary>
    public async Task RemoveAsync()
    {
        // A process that forks while it is being ended leaves children for the next round; each round ends all it sees.
        for (int i = 0; i < RetryLimit && RemoveEmpty() is { } occupied; i++)
        {
            if (!await EndMembersAsync(occupied).ConfigureAwait(false))
            {
                await Task.Delay(s_retry).ConfigureAwait(false);
            }
        }
    }

    // Gives a folder that could not be removed, since somebody is in it, or null.
    private string? RemoveEmpty()
    {
        string? occupied = null;
        foreach (string folder in _folders.Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (DirectoryNotFoundException)
            {
                // It went meanwhile.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                occupied = folder;
            }
        }

        return occupied;
    }

    // The hierarchy that counts processes is the cheapest to be in.
    private static string Membership(CgroupHost host) => host.Parents.ContainsKey("pids") ? "pids" : host.Parents.Keys.FirstOrDefault() ?? "";

    // False when there was nobody to end.
    private static async Task<bool> EndMembersAsync(string folder)
    {
        string[] members;
        try
        {
            members = await File.ReadAllLinesAsync(Path.Combine(folder, "cgroup.procs")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        bool any = false;
        foreach (string member in members)
        {
            // Nobody leaves a group by itself, so what has this pid while it is listed there is ours to end; but for this very
            // program, of which a thread that spawned a member may be seen for as long as it takes to end.
            if (int.TryParse(member, CultureInfo.InvariantCulture, out int pid) && pid != Environment.ProcessId
                && ProcessIdentity.Of(pid) is { } identity
                && IsListed(folder, member) && identity.KillIfSame())
            {
                any = true;
                await identity.WaitForExitAsync().ConfigureAwait(false);
            }
        }

        return any;
    }

    private static bool IsListed(string folder, string member)
    {
        try
        {
            return File.ReadLines(Path.Combine(folder, "cgroup.procs")).Contains(member);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Limit(ProcessLimits limits, IReadOnlyList<CgroupLimit> spelled, bool hasDevice)
    {
        HashSet<string> failed = [];
        string reason = Confinement.Reason;
        if (limits.HasDisk && !hasDevice)
        {
            failed.Add("io");
            reason = "the disks are on no block device whose use could be limited";
        }

        foreach ((string controller, string file, string text) in spelled)
        {
            if (!_host.Parents.TryGetValue(controller, out string? parent))
            {
                failed.Add(controller);
                reason = reason.Length > 0 ? reason : $"the host has no control groups for {controller}";
                continue;
            }

            try
            {
                File.WriteAllText(Path.Combine(parent, _name, file), text);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed.Add(controller);
                reason = $"'{file}' could not be set to '{text}': {e.Message.TrimEnd('.')}";
            }
        }

        // A thread that spawns from inside counts as well, until it has ended: a child with little room could miss its place.
        _takesSpawner = limits.ProcessCount is null or > LittleRoom;
        Confinement = Confinement with
        {
            MemoryLimited = limits.MemoryBytes is not null && !failed.Contains("memory"),
            CpuLimited = (limits.CpuWeight is not null || limits.CpuQuota is not null) && !failed.Contains("cpu"),
            ProcessCountLimited = limits.ProcessCount is not null && !failed.Contains("pids"),
            DiskLimited = limits.HasDisk && !failed.Contains("io"),
            Reason = reason,
        };
    }
}
