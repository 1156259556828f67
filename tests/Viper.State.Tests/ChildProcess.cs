using System.Diagnostics;

namespace Viper.State.Tests;

/// <summary>Starts programs for tests: this one again, or one of the system.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);

    /// <summary>Starts a part of <see cref="ChildParts"/>; its standard output is a pipe.</summary>
    internal static Process StartPart(params string[] arguments) => Start(Environment.ProcessPath!, ["--child", .. arguments]);

    /// <summary>Runs a part inside a fresh mount namespace, after shell commands that may mount there.</summary>
    internal static (int Code, string Output) RunPartWithMounts(string mounts, params string[] arguments) =>
        Run("unshare", ["--mount", "sh", "-ec", mounts + "\nexec \"$@\"", "sh", Environment.ProcessPath!, "--child", .. arguments]);

    /// <summary>Runs a program to its end; output and errors come back as one text.</summary>
    internal static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        return Finish(process);
    }

    /// <summary>Starts a program that holds the write lock of a database until its standard input is closed.</summary>
    internal static Process StartLocked(string database)
    {
        Process other = Process.Start(new ProcessStartInfo("sqlite3", [database])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        other.StandardInput.WriteLine("BEGIN IMMEDIATE; SELECT 'locked';");
        other.StandardInput.Flush();
        Assert.Equal("locked", other.StandardOutput.ReadLine());
        return other;
    }

    internal static (int Code, string Output) Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_deadline))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{process.StartInfo.FileName} did not end within {s_deadline}.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }

    /// <summary>Ends a process that may have ended already.</summary>
    internal static void End(Process process)
    {
        process.Kill();
        bool ended = process.WaitForExit(s_deadline);
        process.Dispose();
        Assert.True(ended, $"A killed process did not end within {s_deadline}.");
    }

    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
