using Viper.Stage;

namespace Viper.Bench.Hypervisor;

/// <summary>The rows of AREA=hypervisor.</summary>
internal static class HypervisorBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(StageOptions options, CancellationToken cancellationToken)
    {
        string tree = Path.GetFullPath(Path.Combine(options.Programs, "..", ".."));
        string folder = Directory.CreateTempSubdirectory("vhb-").FullName;
        string run = MakeRunFolder();
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "kernel"), TinyKernel.Make(), cancellationToken);

            // QEMU opens the kernel as root, before it becomes an unprivileged user.
            FloorPrograms floors = new(tree, folder);
            IReadOnlyList<BenchRow> api = await new ApiBench(tree, folder, floors).RunAsync(cancellationToken);
            return [.. api, .. await new LifeBench(folder, run, floors).RunAsync(cancellationToken)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Directory.Delete(run, recursive: true);
        }
    }

    /// <summary>In memory, as /run is, where a daemon has its sockets.</summary>
    private static string MakeRunFolder()
    {
        const string Memory = "/dev/shm";
        string path = Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"vhb-{Environment.ProcessId}");
        Directory.CreateDirectory(path);
        return path;
    }
}
