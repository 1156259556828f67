using System.ComponentModel;
using System.Diagnostics;

namespace Viper.Images.Builder.Tools;

/// <summary>Runs the programs of Debian that the builder stands on.</summary>
internal static class Tool
{
    private const int ShownLines = 15;

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="ImageBuildException">It is not there, or it did not end with exit code 0.</exception>
    internal static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        await RunAsync(
            program,
            arguments,
            async (output, token) =>
            {
                using StreamReader reader = new(output);
                return await reader.ReadToEndAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Runs a program and hands its output to a reader as it comes.</summary>
    internal static async Task<T> RunAsync<T>(
        string program, IReadOnlyList<string> arguments, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using ToolFolder temporary = new();
        using Process process = Start(program, arguments, temporary.Path);
        Task<string> complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            T result = await read(process.StandardOutput.BaseStream, cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0
                ? result
                : throw new ImageBuildException($"{program} ended with exit code {process.ExitCode}: {LastLines(await complaints.ConfigureAwait(false))}");
        }
        catch when (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, string temporary)
    {
        string path = RequiredTools.Find(program, Environment.GetEnvironmentVariable("PATH") ?? "") ?? throw NotFound(program);

        // In a session of its own (setsid(1) replaces itself by the program), so that Ctrl-C reaches the builder alone: it ends
        // the program in order, and its end is not taken for a failure.
        ProcessStartInfo start = new("setsid", [path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TZ"] = "UTC";
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception exception)
        {
            throw new ImageBuildException($"{program} cannot be started: {exception.Message}.", exception);
        }
    }

    private static ImageBuildException NotFound(string program) => RequiredTools.All.FirstOrDefault(tool => tool.Program == program) is { } tool
        ? new MissingToolException([tool])
        : new ImageBuildException($"{program} cannot be started: there is no such program.");

    private static string LastLines(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "it said nothing" : string.Join(" | ", lines.TakeLast(ShownLines));
    }
}
