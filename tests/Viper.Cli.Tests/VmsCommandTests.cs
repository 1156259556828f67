using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Cli.Tests;

public sealed class VmsCommandTests
{
    [Fact]
    public async Task Create_Json_PrintsTheReadyVmAndNothingElse()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "vms", "create", "a", "--cpu", "4", "--memory", "2048", "--label", "team=qa", "--label", "x=1=2", "--json");

        Vm vm = JsonSerializer.Deserialize(output, ViperJson.Default.Vm)!;
        Assert.Equal(0, exit);
        Assert.Equal(("a", 4, 2048, VmPhase.Ready), (vm.Name, vm.CpuCores, vm.MemoryMb, vm.Phase));
        Assert.Equal(("qa", "1=2"), (vm.Labels["team"], vm.Labels["x"]));
        Assert.Equal(1, output.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Create_NetworkFlags_AreTheMemberOfTheRequest()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string _) = await CliRun.RunAsync(
            daemon, "vms", "create", "a", "--network", "allow", "--allow", "203.0.113.0/24:443/tcp,53/udp", "--allow", "10.1.2.3",
            "--up-kbps", "8000", "--down-kbps", "16000", "--max-connections", "64", "--json");

        NetworkSpec network = JsonSerializer.Deserialize(output, ViperJson.Default.Vm)!.Network!;
        Assert.Equal((0, "allow", 8000, 16000, 64), (exit, network.Policy, network.UpKbps, network.DownKbps, network.MaxConnections));
        Assert.Equal(["203.0.113.0/24 443/tcp 53/udp", "10.1.2.3"], network.Allow.Select(entry => string.Join(' ', [entry.Cidr, .. entry.Ports])));
    }

    [Fact]
    public async Task Create_WithoutNetworkFlags_LeavesItToTheImage()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "vms", "create", "a", "--json");
        Assert.Equal(0, exit);
        Assert.Null(JsonSerializer.Deserialize(output, ViperJson.Default.Vm)!.Network);
    }

    [Theory]
    [InlineData("--network", "wide", "--network")]
    [InlineData("--up-kbps", "-1", "--up-kbps")]
    [InlineData("--network", "allow", "--allow")]
    [InlineData("--network=allow", "--allow=2001:db8::/32", "VMs have no IPv6")]
    public async Task Create_NetworkFlagOutOfBounds_NamesTheFlag(string flag, string value, string named)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        (int exit, string _, string errors) = await CliRun.RunAsync(daemon, "vms", "create", "a", flag, value);
        Assert.Equal(2, exit);
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseResumeRestart_MoveTheVm()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        (int Exit, string Output, string Errors) paused = await CliRun.RunAsync(daemon, "vms", "pause", "a");
        (int Exit, string Output, string Errors) refused = await CliRun.RunAsync(daemon, "vms", "resume", "nope");
        (int Exit, string Output, string Errors) resumed = await CliRun.RunAsync(daemon, "vms", "resume", "a", "--json");
        (int Exit, string Output, string Errors) restarted = await CliRun.RunAsync(daemon, "vms", "restart", "a", "--force", "--json");

        Assert.Equal((0, "a  paused\n", 3), (paused.Exit, paused.Output, refused.Exit));
        Assert.Equal((0, VmStatus.Running), (resumed.Exit, JsonSerializer.Deserialize(resumed.Output, ViperJson.Default.Vm)!.Status));
        Assert.Equal((0, VmPhase.Ready), (restarted.Exit, JsonSerializer.Deserialize(restarted.Output, ViperJson.Default.Vm)!.Phase));
        Assert.True(daemon.Engine.WasForced("a"));
    }

    [Fact]
    public async Task Pause_OfAStoppedVm_ExitsFour()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.Engine.StopAsync("a", force: true, DaemonHarness.Deadline);

        (int exit, string _, string errors) = await CliRun.RunAsync(daemon, "vms", "pause", "a");

        Assert.Equal(4, exit);
        Assert.Contains("Cannot pause VM 'a': it is stopped", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, ProblemCodes.CapacityExhausted)]
    [InlineData(503, ProblemCodes.HostOverloaded)]
    public async Task Create_NoPlace_ExitsFive(int status, string code)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.NextRefusal = Problem.Create(status, code, "3 of 3 VMs are up.") with { Limit = 3, Running = 3, Queued = 1 };

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "create", "--queue-wait", "2");

        Assert.Equal((5, "", "viper: 3 of 3 VMs are up.\n"), (exit, output, errors));
    }

    [Fact]
    public async Task Ticket_IsPrintedWithItsAddressesUntilItIsRevoked()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        (int Exit, string Output, string Errors) json = await CliRun.RunAsync(daemon, "vms", "ticket", "a", "--json");
        (int Exit, string Output, string Errors) text = await CliRun.RunAsync(daemon, "vms", "ticket", "a");
        (int Exit, string Output, string Errors) revoked = await CliRun.RunAsync(daemon, "vms", "ticket", "a", "--revoke");
        (int Exit, string Output, string Errors) other = await CliRun.RunAsync(daemon, "vms", "ticket", "a", "--json");
        (int Exit, string Output, string Errors) none = await CliRun.RunAsync(daemon, "vms", "ticket", "nope");

        VmTicket ticket = JsonSerializer.Deserialize(json.Output, ViperJson.Default.VmTicket)!;
        Assert.Equal((0, 0, 0, 3), (json.Exit, text.Exit, revoked.Exit, none.Exit));
        Assert.Equal($"ticket    {ticket.Ticket}\ncdp_http  {ticket.CdpHttp}\ncdp_ws    {ticket.CdpWs}\n", text.Output);
        Assert.Equal("a  tickets revoked\n", revoked.Output);
        Assert.NotEqual(ticket.Ticket, JsonSerializer.Deserialize(other.Output, ViperJson.Default.VmTicket)!.Ticket);
    }

    [Fact]
    public async Task Limits_OfADaemon_AreATable()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "limits");

        Assert.Equal(0, exit);
        Assert.Equal(["RESOURCE USED LIMIT", "vms 0 245", "cpu_cores 2 none", "queued 0 100"], output.TrimEnd().Split('\n').Select(static l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Create_TimerFlags_AreMembersOfTheRequest()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int Exit, string Output, string Errors) created = await CliRun.RunAsync(
            daemon, "vms", "create", "a", "--idle-timeout", "300", "--max-lifetime", "3600", "--restart", "on-failure", "--json");
        (int Exit, string Output, string Errors) refused = await CliRun.RunAsync(daemon, "vms", "create", "b", "--restart", "sometimes");

        Vm vm = JsonSerializer.Deserialize(created.Output, ViperJson.Default.Vm)!;
        Assert.Equal((0, 300, 3600, "on-failure"), (created.Exit, vm.IdleTimeoutSeconds, vm.MaxLifetimeSeconds, vm.Restart));
        Assert.Equal(2, refused.Exit);
        Assert.Contains("--restart: One of never, on-failure, always", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeepAlive_OfAVm_IsUseOfIt()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        long before = daemon.Engine.GetActivity("a").LastTimestamp;

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "vms", "keepalive", "a");

        Assert.Equal((0, "a  running\n"), (exit, output));
        Assert.NotEqual(before, daemon.Engine.GetActivity("a").LastTimestamp);
    }

    [Fact]
    public async Task Create_NoWait_ReturnsWhileStarting()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "vms", "create", "--no-wait", "--json");

        Assert.Equal((0, VmStatus.Starting), (exit, JsonSerializer.Deserialize(output, ViperJson.Default.Vm)!.Status));
    }

    [Fact]
    public async Task Create_SlowStart_TellsThePhasesOnStandardError()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "create", "a", "--json");
        await run.ErrorsHoldAsync("starting (boot)");
        daemon.Engine.SetPhase("a", VmPhase.AgentReady);
        await run.ErrorsHoldAsync("starting (agent_ready)");

        daemon.Engine.MakeReady("a");

        (int exit, string output, string _) = await run.FinishAsync();
        Assert.Equal((0, VmPhase.Ready), (exit, JsonSerializer.Deserialize(output, ViperJson.Default.Vm)!.Phase));
    }

    [Fact]
    public async Task Create_NotReadyInTime_ExitsSeven()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "create", "a", "--timeout", "1");

        Assert.Equal((7, ""), (exit, output));
        Assert.Contains("goes on starting", errors, StringComparison.Ordinal);
        Assert.Equal(VmStatus.Starting, daemon.Engine.Get("a").Status);
    }

    [Fact]
    public async Task Create_Interrupted_ExitsOneHundredThirtyAndTheVmGoesOn()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "create", "a");
        await run.ErrorsHoldAsync("starting (boot)");

        await run.SignalAsync("-INT");

        (int exit, string _, string errors) = await run.FinishAsync();
        Assert.Equal(130, exit);
        Assert.Contains("'a' goes on starting", errors, StringComparison.Ordinal);
        Assert.Equal(VmStatus.Starting, daemon.Engine.Get("a").Status);
    }

    [Fact]
    public async Task Create_StartFails_ExitsOneWithTheReason()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "create", "a");
        await run.ErrorsHoldAsync("starting (boot)");

        daemon.Engine.Crash("a", "the kernel panicked");

        (int exit, string _, string errors) = await run.FinishAsync();
        Assert.Equal(1, exit);
        Assert.Contains("the kernel panicked", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "create", "Bad")]
    [InlineData(2, "create", "b", "--cpu", "0")]
    [InlineData(2, "create", "b", "--cpu", "10000")]
    [InlineData(2, "create", "b", "--cpu", "many")]
    [InlineData(2, "create", "b", "--label", "nothing")]
    [InlineData(2, "create", "b", "--color", "red")]
    [InlineData(2, "list", "--status", "happy")]
    [InlineData(2, "delete")]
    [InlineData(2, "fly")]
    [InlineData(2, "forward", "a", "--port", "70000")]
    [InlineData(2, "logs", "a", "--source", "chrome")]
    [InlineData(3, "get", "nope")]
    [InlineData(3, "delete", "nope")]
    [InlineData(3, "forward", "nope")]
    [InlineData(3, "logs", "nope")]
    [InlineData(3, "create", "b", "--image", "nope")]
    [InlineData(4, "create", "a")]
    public async Task AnyVerb_Refused_ExitsWithItsCode(int expected, params string[] arguments)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, ["vms", .. arguments]);

        Assert.Equal((expected, ""), (exit, output));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public async Task Create_PoolIsFull_ExitsFive()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.PoolSize = 0;

        Assert.Equal(5, (await CliRun.RunAsync(daemon, "vms", "create", "a")).Exit);
    }

    [Fact]
    public async Task Create_HostIsNotReady_ExitsOne()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.HostProblems.Add("There is no /dev/net/tun.");

        (int exit, string _, string errors) = await CliRun.RunAsync(daemon, "vms", "create", "a");

        Assert.Equal(1, exit);
        Assert.Contains("/dev/net/tun", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyVerb_WrongKey_ExitsFive()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync(s => s with { ApiKey = "right" });
        await using CliRun wrong = CliRun.Start("unix:" + daemon.SocketPath, new Dictionary<string, string?> { ["VIPER_API_KEY"] = "wrong" }, "vms", "list");
        await using CliRun right = CliRun.Start("unix:" + daemon.SocketPath, new Dictionary<string, string?> { ["VIPER_API_KEY"] = "right" }, "vms", "list");

        Assert.Equal((5, 0), ((await wrong.FinishAsync()).Exit, (await right.FinishAsync()).Exit));
    }

    [Fact]
    public async Task AnyVerb_NoDaemon_ExitsSix()
    {
        await using CliRun run = CliRun.Start("unix:/nonexistent/viper.sock", null, "vms", "list");

        (int exit, string output, string errors) = await run.FinishAsync();

        Assert.Equal((6, ""), (exit, output));
        Assert.Contains("/nonexistent/viper.sock", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyVerb_RefusedWithJson_PrintsTheProblemOnStandardError()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "get", "nope", "--json");

        Problem problem = JsonSerializer.Deserialize(errors, ViperJson.Default.Problem)!;
        Assert.Equal((3, "", ProblemCodes.VmNotFound), (exit, output, problem.Code));
    }

    [Fact]
    public async Task List_Table_HasOneRowPerVm()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.CreateAsync("longer-name");

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "vms", "list");

        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal((0, 3), (exit, lines.Length));
        Assert.StartsWith("NAME         STATUS   IMAGE", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("a            running  browser", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopStartDelete_SeveralNames_DoesAllAndReportsTheFirstFailure()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.CreateAsync("b");

        (int stopped, string _, string _) = await CliRun.RunAsync(daemon, "vms", "stop", "a", "b", "--force");
        bool forced = daemon.Engine.WasForced("a") && daemon.Engine.WasForced("b");
        (int started, string _, string _) = await CliRun.RunAsync(daemon, "vms", "start", "a");
        string status = daemon.Engine.Get("a").Status;
        (int deleted, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "delete", "nope", "a", "b");

        Assert.Equal((0, true, 0, VmStatus.Running, 3), (stopped, forced, started, status, deleted));
        Assert.Equal("a  deleted\nb  deleted\n", output);
        Assert.Contains("'nope'", errors, StringComparison.Ordinal);
        Assert.Empty(daemon.Engine.List(null, null, null, 10));
    }

    [Fact]
    public async Task Watch_Json_PrintsOneEventPerLineUntilInterrupted()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        await daemon.CreateAsync("b");
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "watch", "b", "--after", "0", "--json");
        VmEvent first = JsonSerializer.Deserialize((await run.Output.ReadLineAsync(DaemonHarness.Deadline))!, ViperJson.Default.VmEvent)!;
        daemon.Engine.Crash("b", "killed");
        VmEvent second = JsonSerializer.Deserialize((await run.Output.ReadLineAsync(DaemonHarness.Deadline))!, ViperJson.Default.VmEvent)!;

        await run.SignalAsync("-INT");

        Assert.Equal(("VM_CREATED", "VM_CRASHED", "b"), (first.Type, second.Type, second.Vm.Name));
        Assert.Equal(130, (await run.FinishAsync()).Exit);
    }

    [Fact]
    public async Task Logs_Follow_GoOnUntilTheVmIsDeleted()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Engine.WriteLog("a", "serial", "one");
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "logs", "a", "-f");
        string? first = await run.Output.ReadLineAsync(DaemonHarness.Deadline);
        daemon.Engine.WriteLog("a", "serial", "two");
        string? second = await run.Output.ReadLineAsync(DaemonHarness.Deadline);

        await daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline);

        Assert.Equal(("one", "two", 0), (first, second, (await run.FinishAsync()).Exit));
    }

    [Fact]
    public async Task Help_OfEveryVerb_ExitsZero()
    {
        await using CliRun root = CliRun.Start(null, null, "--help");
        await using CliRun create = CliRun.Start(null, null, "vms", "create", "--help");

        (int exit, string output, string _) = await root.FinishAsync();
        (int exitOfCreate, string outputOfCreate, string _) = await create.FinishAsync();

        Assert.Equal((0, 0), (exit, exitOfCreate));
        Assert.Contains("setup", output, StringComparison.Ordinal);
        Assert.Contains("--memory", outputOfCreate, StringComparison.Ordinal);
    }
}
