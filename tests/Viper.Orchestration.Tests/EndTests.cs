using Viper.Contracts;
using Viper.Hypervisor;

namespace Viper.Orchestration.Tests;

public sealed class EndTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_OfARunningVm_PressesTheButtonAndLeavesNothing()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        Vm vm = await fixture.Engine.StopAsync("a", force: false, Cancel);

        Assert.Equal((VmStatus.Stopped, (int?)null), (vm.Status, vm.Pid));
        Assert.Equal(1, fixture.Hypervisor.Machines["a"].ButtonPresses);
        fixture.AssertNothingLeft();
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Stopped, "a");
        Assert.Equal(VmEventTypes.Stopping, events[^2].Type);
    }

    [Fact]
    public async Task Stop_WithForce_LeavesTheGuestOutOfIt()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        await fixture.Engine.StopAsync("a", force: true, Cancel);

        Assert.Equal(0, fixture.Hypervisor.Machines["a"].ButtonPresses);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public async Task Stop_Twice_IsTheSameAsOnce()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        Vm[] vms = await Task.WhenAll(fixture.Engine.StopAsync("a", false, Cancel), fixture.Engine.StopAsync("a", false, Cancel));

        Assert.All(vms, static vm => Assert.Equal(VmStatus.Stopped, vm.Status));
        Assert.Equal(vms[0].Revision, vms[1].Revision);
    }

    [Fact]
    public async Task Stop_WhileStarting_CancelsTheStart()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");

        Vm vm = await fixture.Engine.StopAsync("a", force: false, Cancel);

        Assert.Equal(VmStatus.Stopped, vm.Status);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public async Task Start_AfterAStop_KeepsAddressAndMac()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm before = await fixture.CreateReadyAsync("a");
        await fixture.Engine.StopAsync("a", force: false, Cancel);

        await fixture.Engine.StartAsync("a", Cancel);
        Vm after = await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);

        Assert.Equal((before.IpAddress, before.MacAddress, before.Id), (after.IpAddress, after.MacAddress, after.Id));
    }

    [Fact]
    public async Task Start_OfARunningVm_ChangesNothing()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm before = await fixture.CreateReadyAsync("a");

        Vm after = await fixture.Engine.StartAsync("a", Cancel);

        Assert.Equal(before.Revision, after.Revision);
    }

    [Theory]
    [InlineData("starting")]
    [InlineData("running")]
    [InlineData("stopped")]
    [InlineData("crashed")]
    public async Task Delete_FromEveryState_FreesEverything(string state)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await BringToAsync(fixture, state);

        await fixture.Engine.DeleteAsync("a", Cancel);

        fixture.AssertNothingLeft();
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(fixture.Settings.LogDirectory, "vms")));
        Assert.Equal(0, fixture.Engine.GetStatus().PoolLeased);
        EngineException gone = Assert.Throws<EngineException>(() => fixture.Engine.Get("a"));
        Assert.Equal((ProblemCodes.VmNotFound, 404), (gone.Code, gone.Problem.Status));
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Deleted, "a");
        Assert.Equal(VmEventTypes.Deleted, events[^1].Type);
    }

    [Fact]
    public async Task Delete_ByMany_SucceedsOnce()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        string[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await fixture.Engine.DeleteAsync("a", Cancel);
                return "done";
            }
            catch (EngineException e)
            {
                return e.Code;
            }
        }));

        Assert.Single(outcomes, static o => o == "done");
        Assert.Equal(7, outcomes.Count(static o => o == ProblemCodes.VmNotFound));
    }

    [Fact]
    public async Task Delete_ThenCreate_GivesTheNameAndAddressAgain()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { AddressQuarantine = TimeSpan.Zero });
        Vm first = await fixture.CreateReadyAsync("a");
        await fixture.Engine.DeleteAsync("a", Cancel);

        Vm second = await fixture.CreateReadyAsync("a");

        Assert.Equal(first.IpAddress, second.IpAddress);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task Delete_ThenCreate_LeavesTheAddressToItsRest()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { AddressQuarantine = TimeSpan.FromHours(1) });
        Vm first = await fixture.CreateReadyAsync("a");
        await fixture.Engine.DeleteAsync("a", Cancel);

        Vm second = await fixture.CreateReadyAsync("a");

        Assert.NotEqual(first.IpAddress, second.IpAddress);
    }

    [Fact]
    public async Task Vmm_KilledByASignal_IsACrashWithTheSignal()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        CancellationToken runEnd = fixture.Engine.GetRunEnd("a");

        fixture.Hypervisor.Machines["a"].End(MachineExitCause.Signalled, signal: 9);

        Vm vm = await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, Cancel);
        Assert.Equal(VmStatus.Crashed, vm.Status);
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Crashed, "a");
        Assert.Equal(9, events[^1].Data.GetProperty("signal").GetInt32());
        Assert.True(runEnd.IsCancellationRequested);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public async Task Guest_ThatPowersItselfOff_IsStoppedNotCrashed()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        fixture.Hypervisor.Machines["a"].End(MachineExitCause.GuestPowerOff, exitCode: 0);

        Vm vm = await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, Cancel);
        Assert.Equal((VmStatus.Stopped, "the guest powered itself off"), (vm.Status, vm.StatusReason));
    }

    [Fact]
    public async Task Agent_OfAVmThatIsNotRunning_IsATypedRefusal()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        Assert.Equal(ProblemCodes.VmStarting, Assert.Throws<EngineException>(() => fixture.Engine.GetAgent("a")).Code);

        await fixture.Engine.StopAsync("a", force: true, Cancel);

        Assert.Equal(ProblemCodes.VmNotRunning, Assert.Throws<EngineException>(() => fixture.Engine.GetAgent("a")).Code);
        Assert.Equal(ProblemCodes.VmNotFound, Assert.Throws<EngineException>(() => fixture.Engine.GetAgent("b")).Code);
    }

    private static async Task BringToAsync(EngineFixture fixture, string state)
    {
        if (state == VmStatus.Starting)
        {
            fixture.Hypervisor.Greeting = null;
            await fixture.CreateAsync("a");
            return;
        }

        await fixture.CreateReadyAsync("a");
        if (state == VmStatus.Stopped)
        {
            await fixture.Engine.StopAsync("a", force: false, Cancel);
        }
        else if (state == VmStatus.Crashed)
        {
            fixture.Hypervisor.Machines["a"].End(MachineExitCause.VmmFailed, exitCode: 1);
            await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, Cancel);
        }
    }
}
