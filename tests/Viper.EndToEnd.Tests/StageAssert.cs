using System.Buffers.Binary;
using System.Text.Json;
using Viper.Client;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>What tests do to a stage and expect of it.</summary>
internal static class StageAssert
{
    /// <summary>Creates a VM by the CLI and waits until it is ready.</summary>
    public static async Task<Vm> CreateAsync(ViperStage stage, string name, params string[] options)
    {
        ProgramResult created = await stage.RunViperAsync(["vms", "create", name, "--json", "--timeout", "300", .. options], TestContext.Current.CancellationToken);
        Assert.True(created.ExitCode == 0, $"viper vms create {name}: code {created.ExitCode}\n{created.Output}\n{created.Errors}\n{stage.Daemon?.Errors}");
        Vm vm = JsonSerializer.Deserialize(created.Output, ViperJson.Default.Vm)!;
        Assert.Equal((VmStatus.Running, VmPhase.Ready), (vm.Status, vm.Phase));
        return vm;
    }

    public static async Task DeleteAsync(ViperStage stage, string name)
    {
        ProgramResult deleted = await stage.RunViperAsync(["vms", "delete", name], TestContext.Current.CancellationToken);
        Assert.True(deleted.ExitCode == 0, deleted.Errors);
    }

    /// <summary>Runs viper, expects a failure with this exit code and this problem, and gives the problem.</summary>
    public static async Task<Problem> FailsAsync(ViperStage stage, int exitCode, string code, params string[] arguments)
    {
        ProgramResult result = await stage.RunViperAsync([.. arguments, "--json"], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == exitCode, $"code {result.ExitCode}, not {exitCode}: {result.Output}{result.Errors}");
        Assert.Empty(result.Output);
        string json = result.Errors[result.Errors.IndexOf('{', StringComparison.Ordinal)..];
        Problem problem = JsonSerializer.Deserialize(json, ViperJson.Default.Problem)!;
        Assert.Equal(code, problem.Code);
        return problem;
    }

    /// <summary>Fails if anything of any VM is left: process, tap, lease, socket.</summary>
    public static async Task NothingLeftAsync(ViperStage stage)
    {
        Assert.Empty(Leftovers.Processes(stage.Folder));
        Assert.Empty(Leftovers.Taps(stage.Network!.Viper));
        Assert.Empty(Leftovers.Sockets(stage.RuntimeFolder));
        Assert.Empty(MachineRemains.ListControlGroups(Path.Combine(stage.RuntimeFolder, "vms")));
        SystemStatus status = await stage.Client.GetStatusAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, status.PoolLeased);
        Assert.Empty((await stage.Client.ListVmsAsync(new VmQuery(), TestContext.Current.CancellationToken)).Items);
    }

    /// <summary>The VMM is held to what its VM was promised, in every hierarchy that the host has for it.</summary>
    public static void IsConfined(Vm vm)
    {
        HostConfinement host = HostConfinement.Find();
        string[] groups = [.. File.ReadLines($"/proc/{vm.Pid}/cgroup").Where(line => line.Contains($"/viper/{vm.Id}-", StringComparison.Ordinal))];
        Assert.Equal(host.Version switch { CgroupVersion.V1 => host.Controllers.Count(static name => name != "io"), CgroupVersion.V2 => 1, _ => 0 }, groups.Length);
    }

    /// <summary>A PNG of this size that shows the demo site.</summary>
    public static void IsPicture(byte[] png, int width, int height)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(height, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));

        // A blank page of this size is 4 to 6 KB.
        Assert.True(png.Length > 40_000, $"{png.Length} bytes are no picture of that page.");
    }

    /// <summary>The next event of a type about a VM after a place in the log.</summary>
    public static async Task<VmEvent> EventAsync(ViperStage stage, long after, string vm, string type)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(SharedStage.Patience);
        await foreach (VmEvent e in stage.Client.WatchEventsAsync(new EventQuery { After = after, Vm = vm, Types = [type] }, patience.Token))
        {
            return e;
        }

        throw new InvalidOperationException($"The stream ended before {type} of {vm}.");
    }
}
