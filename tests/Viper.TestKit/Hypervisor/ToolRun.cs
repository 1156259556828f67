using System.Diagnostics;

namespace Viper.TestKit.Hypervisor;

/// <summary>Runs a tool that a test needs; a failure shows what it printed.</summary>
public static class ToolRun
{
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? folder = null, string input = "")
    {
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "/",
        };
        using Process process = Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{await output}");
    }
}
