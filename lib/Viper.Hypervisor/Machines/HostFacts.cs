using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Machines;

/// <summary>What a choice of hypervisor depends on.</summary>
/// <param name="CpuVirtualises">Whether the CPU flags show vmx or svm.</param>
/// <param name="KvmOpens">Whether /dev/kvm opens; alone it proves nothing, since some hosts offer one that runs no stock kernel.</param>
/// <param name="FindProgram">Turns a name or a path into the absolute path of an executable file, or null.</param>
internal sealed record HostFacts(bool CpuVirtualises, bool KvmOpens, Func<string, string?> FindProgram)
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public bool RunsKvmGuests => CpuVirtualises && KvmOpens;

    public static HostFacts Read() => new(ShowsVirtualisation(File.ReadAllText("/proc/cpuinfo")), OpensKvm(), Find);

    public static bool ShowsVirtualisation(string cpuInfo)
    {
        foreach (ReadOnlySpan<char> line in cpuInfo.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("flags", StringComparison.Ordinal))
            {
                string[] words = line.ToString().Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
                return words.Contains("vmx") || words.Contains("svm");
            }
        }

        return false;
    }

    public static string? Find(string nameOrPath)
    {
        if (nameOrPath.Contains('/'))
        {
            string path = Path.GetFullPath(nameOrPath);
            return IsExecutable(path) ? path : null;
        }

        string folders = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        return folders.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, nameOrPath))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != 0;

    private static bool OpensKvm()
    {
        using SafeFd kvm = new(Libc.open("/dev/kvm", Libc.O_RDWR | Libc.O_CLOEXEC, 0));
        return !kvm.IsInvalid;
    }
}
