using System.Diagnostics;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>Counts threads and descriptors of this whole program, so nothing else may run beside it.</summary>
[Collection(nameof(ChildProcessTests))]
[CollectionDefinition(nameof(ChildProcessTests), DisableParallelization = true)]
public sealed class ChildProcessTests : IDisposable
{
    private const int CycleCount = 300;
    private const int SleeperCount = 200;
    private const int RunningThreadsAllowed = 20;

    private readonly ShortFolder _folder = new();
    private readonly SafeFd _log;

    public ChildProcessTests() =>
        _log = new SafeFd(Libc.open(_folder["log"], Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, 0x180));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 7", 7, null)]
    [InlineData("kill -TERM $$", null, 15)]
    public async Task Exited_ProcessEnds_TellsHow(string script, int? code, int? signal)
    {
        ProcessExit exit = await Shell(script).Exited.WaitAsync(Cancellation);

        Assert.Equal(new ProcessExit(code, signal), exit);
    }

    [Fact]
    public async Task Spawn_Program_InheritsNothingAndLeadsASession()
    {
        string script = "cat /proc/$$/stat; ls /proc/$$/fd; env; pwd";

        await Shell(script).Exited.WaitAsync(Cancellation);

        string[] lines = await File.ReadAllLinesAsync(_folder["log"], Cancellation);
        string[] stat = lines[0].Split(' ');
        Assert.Equal(stat[0], stat[5]);
        Assert.Equal(["0", "1", "2"], lines[1..4]);
        Assert.DoesNotContain(lines, line => line.StartsWith("HOME=", StringComparison.Ordinal) || line.StartsWith("VIPER_", StringComparison.Ordinal));
        Assert.Equal("/", lines[^1]);
    }

    [Fact]
    public async Task Spawn_Program_HasEverySignalAsByDefault()
    {
        // Not by a shell, which blocks signals itself while it waits for its children.
        ChildProcess child = ProcessSpawner.Spawn(new ProcessStart("/bin/grep", ["-E", "Sig(Blk|Ign)", "/proc/self/status"], _log, []));
        await child.Exited.WaitAsync(Cancellation);

        string[] lines = await File.ReadAllLinesAsync(_folder["log"], Cancellation);
        Assert.Equal("SigBlk:\t0000000000000000", lines[0]);

        // glibc leaves its two internal signals, 32 and 33, ignored in every program that it spawns.
        Assert.Equal(0, Convert.ToInt64(lines[1].Split('\t')[1], 16) & ~(3L << 31));
    }

    [Fact]
    public async Task Spawn_PassedDescriptors_AppearInOrder()
    {
        using SafeFd first = new(Libc.memfd_create("first", Libc.MFD_CLOEXEC));
        using SafeFd second = new(Libc.memfd_create("second", Libc.MFD_CLOEXEC));

        ChildProcess child = ProcessSpawner.Spawn(
            new ProcessStart("/bin/sh", ["-c", "readlink /proc/$$/fd/3 /proc/$$/fd/4"], _log, [first, second]));
        await child.Exited.WaitAsync(Cancellation);

        string[] lines = await File.ReadAllLinesAsync(_folder["log"], Cancellation);
        Assert.Contains("first", lines[0]);
        Assert.Contains("second", lines[1]);
    }

    [Fact]
    public void Spawn_MissingProgram_Throws()
    {
        ProcessSpawnException error = Assert.Throws<ProcessSpawnException>(
            () => ProcessSpawner.Spawn(new ProcessStart("/nonexistent/program", [], _log, [])));

        Assert.True(error.IsProgramMissing);
    }

    [Fact]
    public async Task Signal_EndedProcess_AnswersFalse()
    {
        ChildProcess child = Shell("exit 0");
        await child.Exited.WaitAsync(Cancellation);

        Assert.False(child.Kill());
    }

    [Fact]
    public async Task Exited_BesideSystemDiagnosticsProcess_NeitherStealsTheOthersChildren()
    {
        for (int i = 0; i < 50; i++)
        {
            using Process theirs = Process.Start("/bin/sh", ["-c", "exit 5"]);
            ChildProcess ours = Shell("exit 6");
            await theirs.WaitForExitAsync(Cancellation);

            Assert.Equal(6, (await ours.Exited.WaitAsync(Cancellation)).Code);
            Assert.Equal(5, theirs.ExitCode);
        }
    }

    [Fact]
    public async Task Spawn_ManySleepers_AreWatchedWithoutAThreadEach()
    {
        await Shell("exit 0").Exited.WaitAsync(Cancellation);
        int before = Process.GetCurrentProcess().Threads.Count;
        List<ChildProcess> sleepers = [];
        try
        {
            for (int i = 0; i < SleeperCount; i++)
            {
                sleepers.Add(ProcessSpawner.Spawn(new ProcessStart("/bin/sleep", ["1000"], _log, [])));
            }

            // The thread pool may grow a little by itself; a thread per process would be two hundred.
            Assert.True(Process.GetCurrentProcess().Threads.Count - before < RunningThreadsAllowed);
            Assert.All(sleepers, sleeper => Assert.True(sleeper.Identity.IsAlive()));
        }
        finally
        {
            sleepers.ForEach(sleeper => sleeper.Kill());
        }

        ProcessExit[] exits = await Task.WhenAll(sleepers.Select(sleeper => sleeper.Exited)).WaitAsync(Cancellation);
        Assert.All(exits, exit => Assert.Equal(9, exit.Signal));
        Assert.All(sleepers, sleeper => Assert.False(Directory.Exists($"/proc/{sleeper.Identity.Pid}")));
    }

    [Fact]
    public async Task Spawn_AmongManyDescriptors_PassesOnlyWhatIsPassedAndKeepsOnesOwn()
    {
        List<SafeFd> many = [];
        try
        {
            for (int i = 0; i < 2 * DescriptorTable.Large; i++)
            {
                many.Add(new SafeFd(Libc.memfd_create("many", Libc.MFD_CLOEXEC)));
            }

            // The numbers of these are high: they have to be fetched.
            using SafeFd log = new(Libc.open(_folder["log"], Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CLOEXEC, 0));
            using SafeFd passed = new(Libc.memfd_create("passed", Libc.MFD_CLOEXEC));
            Assert.True(log.Number >= DescriptorTable.Large);
            ProcessStart start = new("/bin/sh", ["-c", "readlink /proc/$$/fd/*"], log, [passed]);
            for (int i = 0; i < CycleCount; i++)
            {
                await ProcessSpawner.Spawn(start).Exited.WaitAsync(Cancellation);
            }

            Assert.Throws<ProcessSpawnException>(() => ProcessSpawner.Spawn(start with { Program = "/nonexistent/program" }));
            string[] lines = await File.ReadAllLinesAsync(_folder["log"], Cancellation);
            string[] expected = ["/dev/null", _folder["log"], _folder["log"], "/memfd:passed (deleted)"];
            Assert.Equal(Enumerable.Repeat(expected, CycleCount).SelectMany(static line => line), lines);
            Assert.Equal(many.Count, Targets().Count(static target => target.StartsWith("/memfd:many ", StringComparison.Ordinal)));
            Assert.True(SpawnThread.Run(DescriptorTable.TryLeave));
        }
        finally
        {
            many.ForEach(static fd => fd.Dispose());
        }
    }

    [Fact]
    public async Task Spawn_ManyCycles_LeakNoDescriptorAndNoZombie()
    {
        await Shell("exit 0").Exited.WaitAsync(Cancellation);
        int before = Descriptors();
        for (int i = 0; i < CycleCount; i++)
        {
            ChildProcess child = ProcessSpawner.Spawn(new ProcessStart("/bin/sleep", ["1000"], _log, []));
            child.Kill();
            await child.Exited.WaitAsync(Cancellation);
            Assert.False(Directory.Exists($"/proc/{child.Identity.Pid}"));
        }

        Assert.Equal(before, Descriptors());
    }

    // Sockets and pipes of the runtime come and go; what this code opens are these.
    private static int Descriptors() => Targets()
        .Count(target => target.Contains("pidfd") || target is "/dev/null" || target.StartsWith("/tmp/vh-", StringComparison.Ordinal));

    private static IEnumerable<string> Targets() => Directory.GetFiles("/proc/self/fd").Select(static path => new FileInfo(path).LinkTarget ?? "");

    private ChildProcess Shell(string script) => ProcessSpawner.Spawn(new ProcessStart("/bin/sh", ["-c", script], _log, []));
}
