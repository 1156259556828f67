using System.Diagnostics;

namespace Viper.Images.Builder.Tests;

/// <summary>Runs a program of the host to its end.</summary>
internal static class Command
{
    internal static string Run(string program, params string[] arguments) => Run(program, arguments, "");

    internal static string Run(string program, string[] arguments, string input)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors.Result}");
        return output.Result;
    }
}
