using System.Diagnostics;
using Viper.Stage;

namespace Viper.Bench.Hypervisor;

/// <summary>The programs in C that do the same with as little as possible; compiled when they are wanted.</summary>
internal sealed class FloorPrograms(string tree, string folder)
{
    /// <summary>Compiles bench/floors/NAME.c and gives the program.</summary>
    public Task<string> CompileAsync(string name, CancellationToken cancellationToken) => CompileAsync(name, [], cancellationToken);

    /// <summary>Compiles bench/floors/NAME.c with libraries and gives the program.</summary>
    public async Task<string> CompileAsync(string name, IReadOnlyList<string> libraries, CancellationToken cancellationToken)
    {
        string program = Path.Combine(folder, name);
        await RunAsync("cc", ["-O2", "-Wall", "-o", program, Path.Combine(tree, "bench", "floors", name + ".c"), .. libraries], cancellationToken);
        return program;
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new StageException($"'{program}' failed: {(await errors).Trim()}");
    }
}
