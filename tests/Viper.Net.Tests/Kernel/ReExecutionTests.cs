using System.Diagnostics;

using Viper.Net.Interop;

namespace Viper.Net.Tests.Kernel;

public sealed class ReExecutionTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    private readonly string _name = $"vt-test-{Guid.NewGuid():N}";
    private readonly NetworkNamespace _made;

    public ReExecutionTests()
    {
        _made = NetworkNamespace.Create(_name);
    }

    public void Dispose()
    {
        _made.Dispose();
        NetworkNamespace.Delete(_name);
    }

    [Fact]
    public void ReExecute_Program_HasEveryThreadInside()
    {
        string inside = _made.Run(() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!);

        (string[] threads, int exitCode, int _) = Start(ReExecutionProgram.Plain);

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(threads);
        Assert.All(threads, where => Assert.Equal(inside, where));
    }

    [Fact]
    public void ReExecute_SignalCameBefore_ItsHandlerHasRunAtTheLastWord() =>
        Assert.Equal(ReExecutionProgram.HandlerHadRun, Start(ReExecutionProgram.SignalledBefore).ExitCode);

    [Fact]
    public void ReExecute_SignalAtTheLastWord_EndsTheProcess() =>
        Assert.Equal(128 + SystemConstants.SIGTERM, Start(ReExecutionProgram.SignalledAtLast).ExitCode);

    [Fact]
    public void ReExecute_Program_LeavesNoDiagnosticEndpoint()
    {
        (string[] _, int _, int pid) = Start(ReExecutionProgram.Plain);

        Assert.Equal([], Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*"));
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

    private (string[] Output, int ExitCode, int Pid) Start(string stage)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (string argument in NetworkNamespace.CurrentArguments().Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ReExecutionProgram.Stage] = stage;
        start.Environment[ReExecutionProgram.Name] = _name;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(s_deadline))
        {
            process.Kill();
            throw new TimeoutException("The program did not end.");
        }

        return (output.Split('\n', StringSplitOptions.RemoveEmptyEntries), process.ExitCode, process.Id);
    }
}
