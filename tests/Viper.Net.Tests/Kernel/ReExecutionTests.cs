using System.Diagnostics;

using Viper.Net.Interop;

namespace Viper.Net.Tests.Kernel;

public sealed class ReExecutionTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    [Fact]
    public void ReExecute_Program_HasEveryThreadInside()
    {
        string name = $"vt-test-{Guid.NewGuid():N}";
        using NetworkNamespace made = NetworkNamespace.Create(name);
        try
        {
            string inside = made.Run(() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!);

            string[] threads = Start(name, out int exitCode);

            Assert.Equal(0, exitCode);
            Assert.NotEmpty(threads);
            Assert.All(threads, where => Assert.Equal(inside, where));
        }
        finally
        {
            NetworkNamespace.Delete(name);
        }
    }

    [Fact]
    public void ReExecute_AbsentNamespace_ThrowsAndGoesOn()
    {
        NetworkNamespaceException e = Assert.Throws<NetworkNamespaceException>(
            () => NetworkNamespace.ReExecute("vt-test-absent", ["program"], new Dictionary<string, string>()));
        Assert.Equal(ErrnoConstants.ENOENT, e.Errno);
    }

    [Fact]
    public void ReExecute_NoArguments_IsMisuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkNamespace.ReExecute("vt-test-absent", [], new Dictionary<string, string>()));

    private static string[] Start(string name, out int exitCode)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (string argument in NetworkNamespace.CurrentArguments().Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ReExecutionProgram.Stage] = "outside";
        start.Environment[ReExecutionProgram.Name] = name;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(s_deadline))
        {
            process.Kill();
            throw new TimeoutException("The program did not end.");
        }

        exitCode = process.ExitCode;
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
