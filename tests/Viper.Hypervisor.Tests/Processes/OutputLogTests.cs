using System.Text;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Processes;

public sealed class OutputLogTests : IDisposable
{
    private const long Limit = 64 * 1024;

    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dispose_ProgramEnded_LogHoldsAllItPrinted()
    {
        OutputLog log = Make();

        await RunAsync("echo out; echo err >&2");
        log.Dispose();

        Assert.Equal("out\nerr\n", await File.ReadAllTextAsync(_folder["log"], Cancellation));
    }

    [Fact]
    public async Task Make_ProgramPrintsMuch_LogStaysBounded()
    {
        OutputLog log = Make();

        // Retries, since a full pipe refuses instead of waiting.
        await RunAsync("i=0; while [ $i -lt 400 ]; do printf '%01000d\\n' $i 2>/dev/null || sleep 0.01; i=$((i+1)); done");
        log.Dispose();

        Assert.InRange(new FileInfo(_folder["log"]).Length, 1, Limit);
        Assert.InRange(new FileInfo(_folder["log.1"]).Length, 1, Limit);
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public async Task OpenPipe_NobodyReads_ProgramNeitherWaitsNorDies()
    {
        OutputLog log = Make();
        ChildProcess program = Start("read -r _ < \"$0\"; i=0; while [ $i -lt 300 ]; do printf '%01000d\\n' $i 2>/dev/null; i=$((i+1)); done; exit 7");

        // This program is gone: nobody but the program itself has the pipe open.
        log.Dispose();
        await ReleaseAsync();

        Assert.Equal(new ProcessExit(7, null), await program.Exited.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Reopen_ProgramOfAnEarlierDaemon_GoesOnWithWhatWasPrintedMeanwhile()
    {
        OutputLog earlier = Make();
        ChildProcess program = Start("echo before; read -r _ < \"$0\"; echo meanwhile; read -r _ < \"$0-2\"; echo after; exec sleep 1000");
        await ReadUntilAsync("before");
        earlier.Dispose();

        await ReleaseAsync();
        OutputLog later = OutputLog.Reopen(_folder["pipe"], _folder["log"], Limit);
        await ReadUntilAsync("meanwhile");
        await ReleaseAsync("gate-2");
        await ReadUntilAsync("after");
        program.Kill();
        await program.Exited.WaitAsync(Cancellation);
        later.Dispose();

        Assert.Equal("before\nmeanwhile\nafter\n", await File.ReadAllTextAsync(_folder["log"], Cancellation));
    }

    [Fact]
    public void Make_PathIsTaken_Throws()
    {
        File.WriteAllText(_folder["pipe"], "");

        HypervisorException error = Assert.Throws<HypervisorException>(Make);

        Assert.Contains(_folder["pipe"], error.Message);
    }

    [Fact]
    public void Reopen_NoPipe_Throws() =>
        Assert.Throws<HypervisorException>(() => OutputLog.Reopen(_folder["none"], _folder["log"]));

    private OutputLog Make() => OutputLog.Make(_folder["pipe"], _folder["log"], Limit);

    private ChildProcess Start(string script)
    {
        // A gate serves once: who opens it again may still find the other end of the time before.
        string gate = _folder["gate"];
        Assert.Equal(0, Libc.mkfifo(gate, 0x180));
        Assert.Equal(0, Libc.mkfifo(gate + "-2", 0x180));

        using SafeFd output = OutputLog.OpenPipe(_folder["pipe"]);
        return ProcessSpawner.Spawn(new ProcessStart("/bin/sh", ["-c", script, gate], output, []));
    }

    private async Task RunAsync(string script)
    {
        using SafeFd output = OutputLog.OpenPipe(_folder["pipe"]);
        await ProcessSpawner.Spawn(new ProcessStart("/bin/bash", ["-c", script], output, [])).Exited.WaitAsync(Cancellation);
    }

    // Opening waits until the program reads the gate.
    private Task ReleaseAsync(string gate = "gate") => Task.Run(() => File.WriteAllText(_folder[gate], "\n"), Cancellation).WaitAsync(Cancellation);

    private async Task ReadUntilAsync(string text)
    {
        while (!(File.Exists(_folder["log"]) && Encoding.UTF8.GetString(await File.ReadAllBytesAsync(_folder["log"], Cancellation)).Contains(text)))
        {
            await Task.Yield();
            Cancellation.ThrowIfCancellationRequested();
        }
    }
}
