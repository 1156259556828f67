using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Cli.Tests;

public sealed class OtherCommandTests
{
    [Fact]
    public async Task Screenshot_OfAPage_NavigatesAndSavesTheImage()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', .. new byte[100_000]];
        daemon.Agent.Answers["/navigate"] = AgentAnswer.Json("""{"page":{},"result":{"status":200},"duration_ms":5}""");
        daemon.Agent.Answers["/screenshot"] = new AgentAnswer(200, "image/png", png);
        string file = Path.Combine(daemon.Folder, "out.png");

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "screenshot", "a", "example.test/x", "-o", file, "--full-page", "--json");

        string[] asked = [.. daemon.Agent.Heads.Select(h => h.Split(" HTTP")[0])];
        Assert.Equal(0, exit);
        Assert.Equal(png, await File.ReadAllBytesAsync(file, DaemonHarness.Deadline));
        Assert.Equal(["POST /navigate", "GET /screenshot?type=png&full_page=true"], asked);
        Assert.Equal(file, JsonDocument.Parse(output).RootElement.GetProperty("file").GetString());
        Assert.False(File.Exists(file + ".part"));
    }

    [Fact]
    public async Task Screenshot_PageFails_ExitsWithTheAgentsProblemAndLeavesNoFile()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/navigate"] = new AgentAnswer(504, Problem.MediaType, Encoding.UTF8.GetBytes(
            """{"type":"t","title":"T","status":504,"detail":"The page did not load in 60 s.","code":"navigation_timeout"}"""));
        string file = Path.Combine(daemon.Folder, "out.png");

        (int exit, string _, string errors) = await CliRun.RunAsync(daemon, "screenshot", "a", "http://example.test", "-o", file);

        Assert.Equal((7, false), (exit, File.Exists(file)));
        Assert.Contains("did not load", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshot_ConnectionBreaks_LeavesNoFile()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/navigate"] = AgentAnswer.Json("{}");
        daemon.Agent.Answers["/screenshot"] = new AgentAnswer(200, "", [])
        {
            Raw = async (stream, token) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), token),
        };
        string file = Path.Combine(daemon.Folder, "out.png");

        (int exit, string _, string _) = await CliRun.RunAsync(daemon, "screenshot", "a", "http://example.test", "-o", file);

        Assert.Equal((6, false, false), (exit, File.Exists(file), File.Exists(file + ".part")));
    }

    [Fact]
    public async Task Version_WithAndWithoutDaemon_PrintsBoth()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using CliRun alone = CliRun.Start("unix:/nonexistent/s", null, "version", "--json");

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "version", "--json");
        (int exitAlone, string outputAlone, string _) = await alone.FinishAsync();

        Assert.Equal((0, "v1"), (exit, JsonDocument.Parse(output).RootElement.GetProperty("daemon").GetProperty("api_version").GetString()));
        Assert.Equal((0, JsonValueKind.Null), (exitAlone, JsonDocument.Parse(outputAlone).RootElement.GetProperty("daemon").ValueKind));
    }

    [Fact]
    public async Task ApiBase_AsFlagAndBad_WinsOrIsNamed()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using CliRun good = CliRun.Start("unix:/nonexistent/s", null, "--api-base", daemon.TcpBase, "vms", "list", "--json");
        await using CliRun bad = CliRun.Start("ftp://x", null, "vms", "list");

        (int exit, string output, string _) = await good.FinishAsync();
        (int exitOfBad, string _, string errors) = await bad.FinishAsync();

        Assert.Equal((0, "{\"items\":[]}\n", 2), (exit, output, exitOfBad));
        Assert.Contains("ftp://x", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vms", "get", "")]
    [InlineData("vms", "delete", "")]
    [InlineData("screenshot", "", "about:blank", "-o", "x.png")]
    [InlineData("screenshot", "a", "about:blank", "-o", "x.png", "--timeout", "3000000")]
    [InlineData("vms", "create", "a", "--timeout", "0")]
    [InlineData("vms", "create", "a", "--timeout", "-1")]
    [InlineData("vms", "start", "a", "--timeout", "0")]
    [InlineData("vms", "watch", "a/b")]
    [InlineData("vms", "watch", "")]
    public async Task Arguments_OfWhichNoRequestCanBeMade_AreUsage(params string[] arguments)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, arguments);

        Assert.Equal((2, ""), (exit, output));
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshot_FileCannotBeWritten_NamesTheFileThatWasAskedFor()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/navigate"] = AgentAnswer.Json("{}");
        daemon.Agent.Answers["/screenshot"] = new AgentAnswer(200, "image/png", new byte[10]);

        (int exit, string _, string errors) = await CliRun.RunAsync(daemon, "screenshot", "a", "about:blank", "-o", Path.Combine(daemon.Folder, "none", "x.png"));

        Assert.Equal(1, exit);
        Assert.DoesNotContain(".part", errors, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(daemon.Folder, "none", "x.png"), errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshot_IntoAPipe_WritesIntoIt()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Agent.Answers["/navigate"] = AgentAnswer.Json("{}");
        daemon.Agent.Answers["/screenshot"] = new AgentAnswer(200, "image/png", new byte[10]);
        string pipe = Path.Combine(daemon.Folder, "pipe");
        using (Process mkfifo = Process.Start("mkfifo", [pipe]))
        {
            await mkfifo.WaitForExitAsync(DaemonHarness.Deadline);
        }

        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "screenshot", "a", "about:blank", "-o", pipe);
        byte[] read = await Task.Run(() => File.ReadAllBytes(pipe), DaemonHarness.Deadline);

        Assert.Equal((0, 10), ((await run.FinishAsync()).Exit, read.Length));
    }

    [Fact]
    public async Task Number_ThatIsNone_IsSaidInTheCallersWords()
    {
        await using CliRun run = CliRun.Start("unix:/nonexistent/viper.sock", null, "vms", "create", "a", "--cpu", "abc");

        (int exit, string _, string errors) = await run.FinishAsync();

        Assert.Equal(2, exit);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("viper drives")]
    [InlineData("viper 0.1.0", "--version")]
    public async Task WhatAStrangerTriesFirst_IsAnswered(string expected, params string[] arguments)
    {
        await using CliRun run = CliRun.Start("unix:/nonexistent/viper.sock", null, arguments);

        (int _, string output, string _) = await run.FinishAsync();

        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--memory")]
    [InlineData("--cpu")]
    public async Task Create_ValueOutOfRange_IsNamedByItsFlagOnce(string flag)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string _, string errors) = await CliRun.RunAsync(daemon, "vms", "create", "a", flag, "0");

        Assert.Equal(2, exit);
        Assert.Equal(2, errors.Split(flag).Length);
        Assert.DoesNotContain("/memory_mb", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:7777")]
    [InlineData("unix", "sudo")]
    public async Task SocketOfAnotherUser_IsPassedOverUnlessItWasNamed(string? apiBase, string expected)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Only root can become another user.");
        }

        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using ProgramFolder folder = new();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(daemon.Folder, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(daemon.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using CliRun run = CliRun.StartProgram(
            "setpriv",
            apiBase is null ? null : "unix:" + daemon.SocketPath,
            new Dictionary<string, string?> { ["VIPER_RUNTIME_DIR"] = daemon.Folder, ["DOTNET_EnableDiagnostics"] = "0" },
            "--reuid=65534", "--regid=65534", "--clear-groups", folder.Viper, "vms", "list");

        (int exit, string _, string errors) = await run.FinishAsync();

        Assert.Equal(6, exit);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_VmIsNotThere_SaysSoAndWaits()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "watch", "later");
        await run.ErrorsHoldAsync("there is no VM 'later' now");

        await run.SignalAsync("-INT");

        Assert.Equal(130, (await run.FinishAsync()).Exit);
    }

    [Theory]
    [InlineData("setup", "--dry-run", "--bridge", "a b")]
    [InlineData("doctor")]
    [InlineData("images", "build", "browser")]
    [InlineData("images", "list", "--json")]
    [InlineData("net", "show", "--json")]
    [InlineData("db", "backup", "FILE", "--force")]
    public async Task HandedVerb_ViperdBeside_GetsTheSameArgumentsAndGivesItsExitCode(params string[] arguments)
    {
        using ProgramFolder folder = new();
        folder.Write("viperd", "#!/bin/sh\nprintf '%s|' \"$@\"\nexit 42\n");
        await using CliRun run = CliRun.StartProgram(folder.Viper, null, null, arguments);

        (int exit, string output, string _) = await run.FinishAsync();

        Assert.Equal((42, string.Concat(arguments.Select(a => a + "|"))), (exit, output));
    }

    [Fact]
    public async Task HandedVerb_NoViperd_SaysWhereItLooked()
    {
        using ProgramFolder folder = new();
        await using CliRun run = CliRun.StartProgram(folder.Viper, null, new Dictionary<string, string?> { ["PATH"] = "/nonexistent" }, "setup");

        (int exit, string _, string errors) = await run.FinishAsync();

        Assert.Equal(1, exit);
        Assert.Contains(Path.Combine(folder.Path, "viperd"), errors, StringComparison.Ordinal);
        Assert.Contains("/nonexistent/viperd", errors, StringComparison.Ordinal);
    }
}
