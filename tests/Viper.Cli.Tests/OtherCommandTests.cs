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

        Assert.Equal((1, false, false), (exit, File.Exists(file), File.Exists(file + ".part")));
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
    public async Task Arguments_OfWhichNoRequestCanBeMade_AreUsage(params string[] arguments)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, arguments);

        Assert.Equal((2, ""), (exit, output));
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("setup", "--dry-run", "--bridge", "a b")]
    [InlineData("doctor")]
    [InlineData("images", "build", "browser")]
    [InlineData("images", "list", "--json")]
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
