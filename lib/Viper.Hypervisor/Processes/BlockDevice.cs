using System.Globalization;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>The block devices that files are kept on, as the limits of control groups name them.</summary>
internal static class BlockDevice
{
    /// <summary>The devices under some files, each once, as <c>MAJOR:MINOR</c>; a file on none (in memory, on an overlay) has none.</summary>
    public static IReadOnlyList<string> Under(IEnumerable<string> paths) => [.. paths.Select(Under).OfType<string>().Distinct()];

    private static string? Under(string path)
    {
        if (!Libc.TryGetDevice(path, out uint major, out uint minor))
        {
            return null;
        }

        // Limits are those of a whole disk: block/blk-cgroup.c refuses a partition.
        string number = string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}");
        string entry = "/sys/dev/block/" + number;
        if (!File.Exists(Path.Combine(entry, "partition")))
        {
            return Directory.Exists(entry) ? number : null;
        }

        string? disk = Path.GetDirectoryName(Directory.ResolveLinkTarget(entry, returnFinalTarget: true)?.FullName);
        return disk is not null && File.Exists(Path.Combine(disk, "dev")) ? File.ReadAllText(Path.Combine(disk, "dev")).Trim() : null;
    }
}
