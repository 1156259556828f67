namespace Viper.TestKit.Hypervisor;

/// <summary>The program of bench/floors/trivial_vmm.c: it speaks QMP and has no machine behind it. What it does hangs on its name.</summary>
public static class TrivialVmmProgram
{
    private static readonly Lazy<Task<byte[]>> s_program = new(CompileAsync);

    /// <summary>Puts it there, ready to be run.</summary>
    public static async Task WriteAsync(string path)
    {
        // By another process: one that this one is spawning meanwhile would hold the file open for writing, and it could not be run.
        string source = path + ".new";
        await File.WriteAllBytesAsync(source, await s_program.Value);
        await ToolRun.RunAsync("cp", [source, path]);
        File.Delete(source);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static async Task<byte[]> CompileAsync()
    {
        DirectoryInfo? tree = new(AppContext.BaseDirectory);
        while (tree is not null && !File.Exists(Path.Combine(tree.FullName, "Viper.sln")))
        {
            tree = tree.Parent;
        }

        using ShortFolder folder = new();
        await ToolRun.RunAsync("cc", ["-O2", "-Wall", "-o", folder["vmm"], Path.Combine(tree!.FullName, "bench/floors/trivial_vmm.c")]);
        return await File.ReadAllBytesAsync(folder["vmm"]);
    }
}
