using System.Text;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Cli.Tests;

public sealed class ConsoleTests
{
    private const string ControlA = "\u0001";
    private const string ControlC = "\u0003";

    [Fact]
    public async Task Console_Terminal_PassesEveryKeyAndDetaches()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using PseudoTerminal terminal = new();
        byte[] before = terminal.Settings;
        await PrintAsync(daemon, "login: ");
        await using CliRun run = OnTerminal(daemon, terminal, "a");
        await terminal.SeeAsync("login: ");
        Assert.NotEqual(before, terminal.Settings);

        terminal.Type($"x{ControlC}{ControlA}{ControlA}y");
        byte[] typed = new byte[4];
        await daemon.Engine.GuestSerial("a").ReadExactlyAsync(typed, DaemonHarness.Deadline);
        terminal.Type(ControlA);
        terminal.Type("t");
        (int exit, _, string errors) = await run.FinishAsync();

        Assert.Equal("x\u0003\u0001y", Encoding.UTF8.GetString(typed));
        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("detached", errors);
        Assert.Equal(before, terminal.Settings);
        Assert.Equal(VmStatus.Running, daemon.Engine.Get("a").Status);
    }

    [Theory]
    [InlineData("-TERM", ExitCode.Interrupted)]
    [InlineData("-INT", ExitCode.Interrupted)]
    [InlineData("-HUP", 129)]
    [InlineData("-QUIT", 131)]
    public async Task Console_Signal_LeavesTheTerminalAsItWas(string signal, int expected)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using PseudoTerminal terminal = new();
        byte[] before = terminal.Settings;
        await using CliRun run = OnTerminal(daemon, terminal, "a");
        await PrintAsync(daemon, "up");
        await terminal.SeeAsync("up");
        Assert.NotEqual(before, terminal.Settings);

        await run.SignalAsync(signal);
        (int exit, _, _) = await run.FinishAsync();

        Assert.Equal(expected, exit);
        Assert.Equal(before, terminal.Settings);
    }

    [Theory]
    [InlineData("stop", ExitCode.Done, "has stopped")]
    [InlineData("crash", ExitCode.Failed, "has crashed")]
    [InlineData("daemon", ExitCode.NotReachable, "shutting down")]
    public async Task Console_End_LeavesTheTerminalAsItWasAndSaysWhy(string how, int expected, string words)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using PseudoTerminal terminal = new();
        byte[] before = terminal.Settings;
        await using CliRun run = OnTerminal(daemon, terminal, "a");
        await PrintAsync(daemon, "up");
        await terminal.SeeAsync("up");

        await (how switch
        {
            "stop" => daemon.Engine.StopAsync("a", force: true, DaemonHarness.Deadline),
            "crash" => Task.Run(() => daemon.Engine.Crash("a", "died")),
            _ => daemon.StopAsync(),
        });
        (int exit, _, string errors) = await run.FinishAsync();

        Assert.Contains(words, errors);
        Assert.Equal(expected, exit);
        Assert.Equal(before, terminal.Settings);
    }

    [Fact]
    public async Task Console_View_LooksOnAndControlCDetaches()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using PseudoTerminal terminal = new();
        await using CliRun run = OnTerminal(daemon, terminal, "a", "--view");
        await PrintAsync(daemon, "seen");
        await terminal.SeeAsync("seen");

        terminal.Type("nothing of this is sent" + ControlC);
        (int exit, _, string errors) = await run.FinishAsync();

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("detached", errors);
        Assert.Null(daemon.Engine.GetConsole("a").Writer);
    }

    [Fact]
    public async Task Console_Piped_TypesAsItIsAndGoesOnUntilTheVmEnds()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await using CliRun run = Shell(daemon, "printf 'echo \\001t\\n' | \"$0\" vms console a");
        byte[] typed = new byte[8];
        await daemon.Engine.GuestSerial("a").ReadExactlyAsync(typed, DaemonHarness.Deadline);
        await PrintAsync(daemon, "answer\r\n");
        char[] answer = new char[8];
        await run.Output.ReadBlockAsync(answer, DaemonHarness.Deadline);
        await daemon.Engine.StopAsync("a", force: true, DaemonHarness.Deadline);
        (int exit, string output, _) = await run.FinishAsync();

        Assert.Equal("echo \u0001t\n", Encoding.UTF8.GetString(typed));
        Assert.Equal(("answer\r\n", "", ExitCode.Done), (new string(answer), output, exit));
    }

    [Fact]
    public async Task Console_SomebodyTypes_IsAConflictThatTellsWho()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using var writer = daemon.Engine.GetConsole("a").TryTakeWriter("ann", out _);

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "console", "a");

        Assert.Equal((ExitCode.Conflict, ""), (exit, output));
        Assert.Contains("ann", errors);
        Assert.Contains("--view", errors);
    }

    [Fact]
    public async Task Console_NoSuchVm_IsNotFound()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        Assert.Equal(ExitCode.NotFound, (await CliRun.RunAsync(daemon, "vms", "console", "nope")).Exit);
    }

    [Fact]
    public async Task Console_Json_IsAUsageError()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        Assert.Equal(ExitCode.Usage, (await CliRun.RunAsync(daemon, "vms", "console", "a", "--json")).Exit);
    }

    private static CliRun OnTerminal(DaemonHarness daemon, PseudoTerminal terminal, params string[] arguments) =>
        Shell(daemon, $"exec \"$0\" vms console {string.Join(' ', arguments)} <{terminal.Path} >{terminal.Path}");

    private static CliRun Shell(DaemonHarness daemon, string script) =>
        CliRun.StartProgram("/bin/sh", "unix:" + daemon.SocketPath, null, "-c", script, CliRun.Program);

    private static async Task PrintAsync(DaemonHarness daemon, string text) =>
        await daemon.Engine.GuestSerial("a").WriteAsync(Encoding.UTF8.GetBytes(text), DaemonHarness.Deadline);
}
