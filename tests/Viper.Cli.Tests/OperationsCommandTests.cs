using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Cli.Tests;

public sealed class OperationsCommandTests
{
    [Fact]
    public async Task List_JsonAndTable_ShowWhatWasAskedFor()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("b");

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "operations", "list", "--json");
        (int exitOfA, string ofA, string _) = await CliRun.RunAsync(daemon, "operations", "list", "--vm", "a", "--json");
        (int exitOfTable, string table, string _) = await CliRun.RunAsync(daemon, "operations", "list", "--status", "running");

        OperationList all = JsonSerializer.Deserialize(output, ViperJson.Default.OperationList)!;
        Assert.Equal((0, 0, 0), (exit, exitOfA, exitOfTable));
        Assert.Equal(["/api/v1/vms/a", "/api/v1/vms/b"], all.Items.Select(o => o.Resource));
        Assert.Equal(all.Items[0].Id, Assert.Single(JsonSerializer.Deserialize(ofA, ViperJson.Default.OperationList)!.Items).Id);
        string[] lines = table.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches("^ID +KIND +STATUS +RESOURCE +AGE$", lines[0]);
        Assert.Matches($"^{all.Items[1].Id} +vm.create +running \\(boot\\) +/api/v1/vms/b +[0-9]+[smhd]$", lines[1]);
    }

    [Fact]
    public async Task GetAndCancel_PrintTheOperation()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        string id = daemon.Engine.GetLastOperation("a")!;

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "operations", "get", id);
        (int exitOfCancel, string cancelled, string _) = await CliRun.RunAsync(daemon, "operations", "cancel", id, "--json");
        (int exitOfGet, string got, string _) = await CliRun.RunAsync(daemon, "operations", "get", id, "--json");

        Assert.Equal((0, 0, 0), (exit, exitOfCancel, exitOfGet));
        Assert.Matches($"^id +{id}\nkind +vm.create\nstatus +running \\(boot\\)\nresource +/api/v1/vms/a\ncreated +[^\n]+\n$", output);
        Assert.Equal(OperationStatuses.Cancelled, JsonSerializer.Deserialize(cancelled, ViperJson.Default.Operation)!.Status);
        Assert.Equal(cancelled, got);
        Assert.Equal(VmStatus.Stopped, daemon.Engine.Get("a").Status);
    }

    [Fact]
    public async Task Get_OfAFailedStart_SaysWhy()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        daemon.Engine.Crash("a", "the kernel panicked");

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "operations", "get", daemon.Engine.GetLastOperation("a")!);

        Assert.Equal(0, exit);
        Assert.Contains("start_failed: the kernel panicked\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OperationThatIsUnknownOrEnded_EndsWithItsExitCode()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");

        (int unknown, string _, string _) = await CliRun.RunAsync(daemon, "operations", "get", "op_x");
        (int uncancelled, string _, string _) = await CliRun.RunAsync(daemon, "operations", "cancel", "op_x");
        (int ended, string output, string errors) = await CliRun.RunAsync(daemon, "operations", "cancel", daemon.Engine.GetLastOperation("a")!, "--json");
        (int usage, string _, string _) = await CliRun.RunAsync(daemon, "operations", "list", "--status", "happy");

        Assert.Equal((3, 3, 4, 2), (unknown, uncancelled, ended, usage));
        Assert.Equal("", output);
        Assert.Equal(ProblemCodes.OperationFinished, JsonSerializer.Deserialize(errors, ViperJson.Default.Problem)!.Code);
    }

    [Fact]
    public async Task Help_NamesTheVerbs()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();

        (int exit, string output, string _) = await CliRun.RunAsync(daemon, "operations", "--help");

        Assert.Equal(0, exit);
        Assert.All(["list", "get <ID>", "cancel <ID>"], verb => Assert.Contains(verb, output, StringComparison.Ordinal));
    }
}
