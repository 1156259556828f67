using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Tests.StandIns;
using Viper.State;

namespace Viper.Orchestration.Tests;

/// <summary>VMs that outlive the daemon that started them.</summary>
public sealed class AdoptionTests
{
    private const string Token = "secret";

    [Theory]
    [InlineData(VmStatus.Running)]
    [InlineData(VmStatus.Paused)]
    public async Task Open_AVmIsWhole_GoesOnWithIt(string status)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        (VmRecord left, ScriptedMachine machine) = await LeaveAsync(fixture, status, """{"idle_timeout_seconds":600,"max_lifetime_seconds":7200}""");

        await fixture.ReopenAsync();

        Vm vm = fixture.Engine.Get("a");
        Assert.Equal((status, left.IpAddress.ToString(), left.Pid), (vm.Status, vm.IpAddress, vm.Pid));
        Assert.Equal((600, 7200, status == VmStatus.Running), (vm.IdleTimeoutSeconds, vm.MaxLifetimeSeconds, vm.IdleDeadline is not null));
        Assert.NotNull(vm.ExpiresAt);
        Assert.Equal(status == VmStatus.Paused, fixture.Engine.GetActivity("a").IdleTime == TimeSpan.Zero);
        Assert.Equal(1, fixture.Engine.GetLimits().Running);
        Assert.False(machine.Exited.IsCompleted);
        if (status == VmStatus.Running)
        {
            Assert.Equal(Token, fixture.Engine.GetAgent("a").Token);
        }

        Assert.Equal([left.TapName!], fixture.Network.Taps.Keys);
        Assert.Equal(1, fixture.Engine.GetStatus().PoolLeased);
        await fixture.Engine.DeleteAsync("a", TestContext.Current.CancellationToken);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public async Task Open_AVmIsWhole_ItsBrowserIsKnownAgainAndItsEndIsNoticed()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        (_, ScriptedMachine machine) = await LeaveAsync(fixture, VmStatus.Running);
        await fixture.ReopenAsync();
        using CancellationTokenSource patience = new(EngineFixture.Patience);
        while (fixture.Engine.Get("a").Browser?.Product != "HeadlessChrome/1")
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        machine.End(MachineExitCause.VmmFailed, exitCode: 1);

        await fixture.EventsUntilAsync(VmEventTypes.Crashed, "a");
    }

    /// <summary>What a VM lacks so that it cannot go on: it is ended, and all that it had is removed.</summary>
    [Theory]
    [InlineData("tap")]
    [InlineData("token")]
    [InlineData("vmm")]
    [InlineData("answer")]
    [InlineData("hypervisor")]
    public async Task Open_APartIsMissing_EndsIt(string missing)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        (VmRecord left, ScriptedMachine machine) = await LeaveAsync(fixture, VmStatus.Running);
        switch (missing)
        {
            case "tap":
                fixture.Network.Taps.Clear();
                break;
            case "token":
                File.Delete(new VmFolders(fixture.Settings, left.Id).Token);
                break;
            case "vmm":
                machine.End(MachineExitCause.Signalled, signal: 9);
                break;
            case "answer":
                fixture.Hypervisor.AdoptFailure = new IOException("it does not answer");
                break;
            default:
                fixture.Hypervisor.Missing = EngineProblems.HostNotReady("no program");
                break;
        }

        await fixture.ReopenAsync();

        Assert.Equal(VmStatus.Crashed, fixture.Engine.Get("a").Status);
        Assert.Empty(fixture.Network.Taps);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(fixture.Settings.RuntimeDirectory, "vms")));
        machine.End(MachineExitCause.Requested);
    }

    /// <summary>A ready VM whose daemon is gone: row, folder, secret, tap and VMM are there.</summary>
    private static async Task<(VmRecord Left, ScriptedMachine Machine)> LeaveAsync(EngineFixture fixture, string status, string spec = "{}")
    {
        await fixture.Engine.DisposeAsync();
        using StateStore store = StateStore.Open(Path.Combine(fixture.Settings.StateDirectory, "state.db"));
        NewVm row = new() { Name = "a", Status = VmStatus.Creating, CpuCores = 1, MemoryMb = 640, Image = "browser", SpecJson = spec };
        VmRecord created = Assert.IsType<CreateVmResult.Created>(
            store.CreateVm(row, static _ => "02:00:00:00:00:01", static vm => EventDraft.About(VmEventTypes.Created, vm))).Vm;
        VmFolders folders = new(fixture.Settings, created.Id);
        folders.CreateRun();
        folders.WriteToken(Token);
        ScriptedMachine machine = new(new MachineSpec { Name = "a", KernelPath = "/", RunDirectory = folders.Run, LogDirectory = folders.Logs });
        fixture.Hypervisor.Machines["a"] = machine;
        string tap = VmActor.TapOf(created.Id);
        fixture.Network.Taps[tap] = created.IpAddress;
        UpdateVmResult.Updated updated = Assert.IsType<UpdateVmResult.Updated>(store.UpdateVm(created.Id, new VmChange
        {
            Status = status,
            TapName = tap,
            Hypervisor = HypervisorNames.Of(HypervisorKind.Qemu),
            Pid = machine.Identity.Pid,
            PidStartTime = machine.Identity.StartTicks,
            BootId = machine.Identity.BootId,
        }));
        return (updated.Vm, machine);
    }
}
