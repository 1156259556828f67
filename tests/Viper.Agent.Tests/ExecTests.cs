using System.Text;
using System.Text.Json;
using Viper.Agent.Programs;
using Viper.Contracts.Agent;

namespace Viper.Agent.Tests;

[Collection(Alone.Name)]
public sealed class ExecTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_Program_TellsOutputErrorsAndExit()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        var result = await client.ExecAsync("echo out; echo err >&2; exit 7");

        Assert.Equal((7, null, "out\n", "err\n"), (result.ExitCode, result.Signal, result.Stdout, result.Stderr));
        Assert.Equal((OutputEncoding.Utf8, false, false), (result.Encoding, result.Truncated, result.TimedOut));
    }

    [Fact]
    public async Task Exec_Program_IsNobodySpecial()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        var result = await client.ExecAsync("""
            id -u; id -g; grep -E '^(NoNewPrivs|SigBlk|CapEff|CapPrm|CapInh|CapAmb):' /proc/self/status | tr -s '\t' ' '
            # Signals 32 and 33 are the C library's own.
            echo "ignored $((0x$(grep SigIgn /proc/self/status | cut -f 2) & 0x7fffffff))"
            ls /proc/self/fd | wc -l; pwd; echo "$HOME $USER"; cat
            """);

        Assert.Equal(
            $"""
            65532
            65532
            CapAmb: 0000000000000000
            CapEff: 0000000000000000
            CapInh: 0000000000000000
            CapPrm: 0000000000000000
            NoNewPrivs: 1
            SigBlk: 0000000000000000
            ignored 0
            4
            {agent.Work}
            {agent.Work} browser

            """,
            Sorted(result.Stdout));

        // grep tells the lines in the order of the kernel's file, which puts signals before capabilities.
        static string Sorted(string text)
        {
            var lines = text.Split('\n');
            Array.Sort(lines, 2, 6, StringComparer.Ordinal);
            return string.Join('\n', lines);
        }
    }

    [Fact]
    public async Task Exec_InputArgumentsVariablesFolder_ArePassedAsTheyAre()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        Directory.CreateDirectory(Path.Combine(agent.Work, "sub dir"));

        var result = await client.ExecAsync(
            """printf '%s|' "$@" "$GREETING" "$PWD"; cat; [ "$PATH" = /bin ] && echo path""",
            request => request with
            {
                Args = [.. request.Args!, "sh", "a b", "", "$HOME;'\n"],
                Env = new Dictionary<string, string> { ["GREETING"] = "größe=1", ["PATH"] = "/bin" },
                Cwd = "sub dir",
                StdinBase64 = Convert.ToBase64String("typed\n"u8),
            });

        Assert.Equal($"a b||$HOME;'\n|größe=1|{agent.Work}/sub dir|typed\npath\n", result.Stdout);
    }

    [Fact]
    public async Task Exec_OutputIsNotText_IsBase64()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        var result = await client.ExecAsync("""printf 'a\377b'; printf plain >&2""");

        Assert.Equal(OutputEncoding.Base64, result.Encoding);
        Assert.Equal([(byte)'a', 0xff, (byte)'b'], Convert.FromBase64String(result.Stdout));
        Assert.Equal("plain"u8.ToArray(), Convert.FromBase64String(result.Stderr));
    }

    [Fact]
    public async Task Exec_Signal_IsNamed()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        var result = await client.ExecAsync("kill -SEGV $$");

        Assert.Equal((null, "SIGSEGV"), (result.ExitCode, result.Signal));
    }

    [Theory]
    [InlineData("""{"command":"no-such-program"}""", 422, "command_not_found")]
    [InlineData("""{"command":"/no/such/program"}""", 422, "command_not_found")]
    [InlineData("""{"command":"./text"}""", 422, "command_not_executable")]
    [InlineData("""{"command":"/"}""", 422, "command_not_executable")]
    [InlineData("""{"command":"true","cwd":"/no/such/folder"}""", 422, "directory_not_found")]
    [InlineData("""{"command":"true","cwd":"text"}""", 422, "directory_not_found")]
    [InlineData("""{"command":"true","cwd":"/root"}""", 422, "directory_not_found")]
    [InlineData("""{}""", 400, "validation_failed")]
    [InlineData("""{"command":""}""", 400, "validation_failed")]
    [InlineData("""{"command":"a\u0000b"}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","args":[null]}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","args":["a\u0000"]}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","env":{"A=B":"1"}}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","env":{"":"1"}}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","env":{"A":null}}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","user":"root"}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","user":"0"}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","timeout_seconds":0}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","timeout_seconds":86401}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","stdin_base64":"%"}""", 400, "validation_failed")]
    [InlineData("""{"command":"true","shell":true}""", 400, "validation_failed")]
    public async Task Exec_Wrong_IsAProblem(string body, int status, string code)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        agent.Folder.Write("work/text", "no program");

        using var answer = await client.SendAsync(HttpMethod.Post, "/exec", Encoding.UTF8.GetBytes(body));

        await answer.ProblemAsync(status, code);
    }

    [Theory]
    [InlineData("65532")]
    [InlineData("browser")]
    public async Task Exec_TheUserItself_IsNoProblem(string user)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        Assert.Equal(0, (await client.ExecAsync("true", request => request with { User = user })).ExitCode);
    }

    [Fact]
    public async Task Exec_TimeIsUp_KillsItWithAllThatStemsFromIt()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        // One in its group, one in a session of its own whose parent is gone, and one that ignores what can be ignored.
        var result = await client.ExecAsync(
            """
            sleep 1000 & echo $!
            (setsid sh -c 'echo $$; trap "" TERM HUP INT; sleep 1000; sleep 1000' &)
            while :; do sleep 1000; done
            """,
            request => request with { TimeoutSeconds = 6 });

        Assert.Equal((null, "SIGKILL", true), (result.ExitCode, result.Signal, result.TimedOut));
        var pids = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, pids.Length);
        Assert.All(pids, AssertGone);
    }

    [Fact]
    public async Task Exec_ProgramEnds_NothingOutlivesIt()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        // The background process keeps the pipe open: without its end there would be no answer.
        var result = await client.ExecAsync("mkfifo up; (setsid sh -c 'echo $$; echo > up; exec sleep 1000' &); read line < up; exit 3");

        Assert.Equal((3, false), (result.ExitCode, result.TimedOut));
        AssertGone(result.Stdout.Trim());
    }

    /// <summary>Forks faster than anyone looks: whoever was missed by one look is found by the next.</summary>
    [Fact]
    public async Task Exec_ForksWithoutEnd_IsEnded()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var marker = $"viper-{Guid.NewGuid():N}";

        var result = await client.ExecAsync(
            $$"""export M={{marker}}; f() { i=0; while [ $i -lt 40 ]; do setsid sh -c 'while :; do sleep 1000; done' & i=$((i+1)); done; }; f; f; echo up; wait""",
            request => request with { TimeoutSeconds = 10 });

        Assert.True(result.TimedOut);
        Assert.Equal("up\n", result.Stdout);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), folder => HasVariable(folder, marker));
    }

    [Fact]
    public async Task Exec_CallerGoes_EndsIt()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        using var fifo = new FifoReader(agent.Work, "alive");
        using var going = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asked = client.PostAsync(
            "/exec",
            new StringContent("""{"command":"sh","args":["-c","exec 3>alive; echo $$ >&3; sleep 1000"],"timeout_seconds":1000}"""),
            going.Token);
        var pid = (await fifo.ReadLineAsync())!;

        await going.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        // All who had the other end are gone.
        Assert.Null(await fifo.ReadLineAsync());
        AssertGone(pid);
    }

    [Fact]
    public async Task Exec_AgentEnds_EndsIt()
    {
        var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        using var fifo = new FifoReader(agent.Work, "alive");
        var asked = client.SendAsync(
            HttpMethod.Post, "/exec?stream=1", """{"command":"sh","args":["-c","exec 3>alive; echo $$ >&3; sleep 1000"]}"""u8.ToArray());
        var pid = (await fifo.ReadLineAsync())!;
        using var answer = await asked;

        await agent.DisposeAsync();

        AssertGone(pid);
    }

    [Fact]
    public async Task Exec_GigabyteOfOutput_IsCutOffAndNotHeld()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var result = await client.ExecAsync("head -c 1073741824 /dev/zero; echo done >&2");

        Assert.Equal((0, true, "done\n"), (result.ExitCode, result.Truncated, result.Stderr));
        Assert.Equal(1024 * 1024, result.Stdout.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OutputLog_GigabyteAppended_TakesItsCapacityAlone(bool dropsNewest)
    {
        var log = new OutputLog(256 * 1024, dropsNewest ? OutputOverflow.DropNewest : OutputOverflow.DropOldest);
        var piece = new byte[60_000];
        var before = GC.GetAllocatedBytesForCurrentThread();

        var total = 0L;
        for (; total < 1_000_000_000; total += piece.Length)
        {
            piece.AsSpan().Fill((byte)(total / piece.Length));
            log.Append(piece);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
        var last = new byte[256 * 1024];
        Assert.Equal(last.Length, log.Read(0, last, out var begin));
        Assert.Equal((total, dropsNewest ? 0 : total - last.Length, dropsNewest), (log.Total, begin, log.IsTruncated));
        Assert.Equal((byte)((begin + last.Length - 1) / piece.Length), last[^1]);
        Assert.Equal((byte)(begin / piece.Length), last[0]);
    }

    [Fact]
    public void OutputLog_Held_HasRoomAsItIsRead()
    {
        var log = new OutputLog(100, OutputOverflow.DropOldest);
        Assert.Equal(0, log.Hold(0));
        log.Append(new byte[60]);
        Assert.Equal(40, log.Room);
        log.Hold(50);
        Assert.Equal(90, log.Room);
        log.Append(new byte[90]);
        Assert.Equal(0, log.Room);
        log.Release();
        Assert.Equal(int.MaxValue, log.Room);
        Assert.Equal(100, log.Read(0, new byte[200], out var begin));
        Assert.Equal(50, begin);
    }

    [Theory]
    [InlineData("61c3", 1, false)]
    [InlineData("61c3bc", 3, false)]
    [InlineData("e282", 0, false)]
    [InlineData("e282", 2, true)]
    [InlineData("ff61", 2, false)]
    [InlineData("f09f9880", 4, false)]
    [InlineData("61f09f98", 1, false)]
    public void OutputPieces_CutWithinACharacter_LeaveItToTheNext(string bytes, int taken, bool isOver)
    {
        var log = new OutputLog(100, OutputOverflow.DropOldest);
        log.Append(Convert.FromHexString(bytes));

        Assert.Equal(taken, OutputPieces.Read(log, 0, 100, isOver).NextOffset);
    }

    [Fact]
    public async Task Exec_Streamed_ComesAsItIsWritten()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        Assert.Equal(0, await MakeFifoAsync(client, "go"));

        using var answer = await client.SendAsync(
            HttpMethod.Post, "/exec?stream=1", """{"command":"sh","args":["-c","echo first; read x < go; echo $x >&2; exit 5"]}"""u8.ToArray());
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        string? line;
        while ((line = await reader.ReadLineAsync(Cancel)) is not null && !line.Contains("first", StringComparison.Ordinal))
        {
        }

        // The program waits for what is written only now.
        await File.WriteAllTextAsync(Path.Combine(agent.Work, "go"), "second\n", Cancel);
        var events = await reader.EventsAsync("exit");

        Assert.Equal("second\n", events.Text("stderr"));
        Assert.Equal(5, JsonSerializer.Deserialize(events[^1].Data, AgentJsonContext.Default.ProcessExit)!.ExitCode);
    }

    [Fact]
    public async Task Exec_StreamedMuch_ComesWholeInBoundedMemory()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        using var answer = await client.SendAsync(
            HttpMethod.Post, "/exec?stream=1", """{"command":"sh","args":["-c","i=0; while [ $i -lt 20000 ]; do echo \"line $i of größe €\"; i=$((i+1)); done; head -c 9000000 /dev/zero | tr '\\0' x"]}"""u8.ToArray());
        var text = (await answer.EventsAsync("exit")).Text("stdout");

        Assert.Equal(
            string.Concat(Enumerable.Range(0, 20000).Select(static i => $"line {i} of größe €\n")) + new string('x', 9_000_000), text);
    }

    [Fact]
    public async Task Exec_TwoAtOnce_DoNotWaitForEachOther()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        Assert.Equal(0, await MakeFifoAsync(client, "meet"));

        // Neither end of a FIFO opens without the other.
        var results = await Task.WhenAll(client.ExecAsync("echo hello > meet"), client.ExecAsync("cat meet"));

        Assert.Equal("hello\n", results[1].Stdout);
    }

    [Fact]
    public async Task Exec_MoreThanMayRun_Is429()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        for (var i = 0; i < ProcessTable.MaxRunning; i++)
        {
            await client.StartAsync("exec sleep 1000");
        }

        using var answer = await client.SendAsync(HttpMethod.Post, "/exec", """{"command":"true"}"""u8.ToArray());

        await answer.ProblemAsync(429, "too_many_processes");
    }

    [Fact]
    public async Task Exec_OtherMethod_Is405()
    {
        await using var agent = AgentHarness.WithoutBrowser();

        AccessTests.AssertProblem(await agent.AskAsync("GET", "/exec"), 405, "method_not_allowed");
    }

    /// <summary>Programs that the agent runs are not Chrome's, whose leftovers are killed before it starts.</summary>
    [Fact]
    public async Task Family_UnmarkedAreEnded_SparesPrograms()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        var status = new ProcessStatus("Name:\tx\nState:\tS (sleeping)\nUid:\t65532\t65532\t65532\t65532\nGroups:\t5 1448083457 \nx"u8);
        Assert.True(status.HasUser(65532) && status.HasGroup(ProgramFamily.GuestMarks, ProgramFamily.MarkCount) && status.HasGroup(5, 1));
        Assert.False(status.HasUser(0) || status.HasGroup(6, 10) || status.IsDead);
        Assert.True(new ProcessStatus("Name:\tx\nState:\tZ (zombie)\n"u8).IsDead);

        var groups = await client.ExecAsync("id -G");
        Assert.Equal(2, groups.Stdout.Trim().Split(' ').Length);
    }

    private static async Task<int?> MakeFifoAsync(HttpClient client, string name) => (await client.ExecAsync($"mkfifo -m 666 {name}")).ExitCode;

    internal static void AssertGone(string pid)
    {
        try
        {
            // A process that has been killed and that nobody has taken leave of yet is gone for all but its parent.
            Assert.Matches("State:\t[ZX]", File.ReadAllText($"/proc/{pid}/status"));
        }
        catch (IOException)
        {
            // It is not there, or went while it was read.
        }
    }

    private static bool HasVariable(string folder, string value)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "environ")).Contains(value, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
