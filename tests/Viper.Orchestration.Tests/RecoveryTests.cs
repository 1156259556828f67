using System.Net;
using System.Text.Json;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Tests.Walks;
using Viper.State;

namespace Viper.Orchestration.Tests;

public sealed class RecoveryTests
{
    [Fact]
    public async Task Open_OfAHeldStateDirectory_NamesTheHolder()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();

        EngineException refused = await Assert.ThrowsAsync<EngineException>(fixture.ReopenAsync);

        Assert.Equal(ProblemCodes.HostNotReady, refused.Code);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VmStatus.Creating, VmStatus.Crashed)]
    [InlineData(VmStatus.Starting, VmStatus.Crashed)]
    [InlineData(VmStatus.Running, VmStatus.Crashed)]
    [InlineData(VmStatus.Stopping, VmStatus.Stopped)]
    [InlineData(VmStatus.Stopped, VmStatus.Stopped)]
    [InlineData(VmStatus.Crashed, VmStatus.Crashed)]
    [InlineData(VmStatus.Deleting, null)]
    public async Task Open_AfterADaemonDied_SettlesEveryVm(string before, string? after)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.Engine.DisposeAsync();
        PutRow(fixture, before);

        await fixture.ReopenAsync();

        Assert.Equal(after, fixture.Engine.List(null, null, null, 10).SingleOrDefault()?.Status);
        Assert.Equal(after is null ? 0 : 1, fixture.Engine.GetStatus().PoolLeased);
        fixture.AssertNothingLeft();
    }

    /// <summary>A VM that is to be up again after a failure is so after the daemon's, and after that of the whole host.</summary>
    [Theory]
    [InlineData(RestartPolicies.OnFailure)]
    [InlineData(RestartPolicies.Always)]
    public async Task Open_AfterADaemonDied_StartsWhatItsPolicyWantsUp(string policy)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static settings => settings with { RestartBackoff = TimeSpan.FromMilliseconds(1) });
        await fixture.Engine.DisposeAsync();
        PutRow(fixture, VmStatus.Running, new CreateVmRequest { Restart = policy });

        await fixture.ReopenAsync();

        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Ready, "a");
        Assert.Equal(
            [VmEventTypes.Crashed, VmEventTypes.Restarting, VmEventTypes.Running, VmEventTypes.Ready],
            events.Select(static e => e.Type).SkipWhile(static type => type != VmEventTypes.Crashed));
        await fixture.Engine.DeleteAsync("a", TestContext.Current.CancellationToken);
        fixture.AssertNothingLeft();
    }

    /// <summary>The daemon ended while the policy waited to begin the next run.</summary>
    [Fact]
    public async Task Open_AfterADaemonDiedBeforeARestart_RestartsIt()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static settings => settings with { RestartBackoff = TimeSpan.FromMilliseconds(1) });
        await fixture.Engine.DisposeAsync();
        PutRow(fixture, VmStatus.Crashed, new CreateVmRequest { Restart = RestartPolicies.OnFailure });
        using (StateStore store = StateStore.Open(Path.Combine(fixture.Settings.StateDirectory, "state.db")))
        {
            store.AppendEvent(EventDraft.About(VmEventTypes.Crashed, store.GetVm("a")!));
            store.AppendEvent(EventDraft.About(VmEventTypes.Restarting, store.GetVm("a")!));
        }

        await fixture.ReopenAsync();

        await fixture.EventsUntilAsync(VmEventTypes.Ready, "a");
        await fixture.Engine.DeleteAsync("a", TestContext.Current.CancellationToken);
    }

    /// <summary>What a caller called off stays so, also where the daemon dies after it.</summary>
    [Theory]
    [InlineData(MachineExitCause.Signalled)]
    [InlineData(MachineExitCause.GuestPowerOff)]
    public async Task Open_AfterARestartWasCalledOff_LeavesTheVmDown(MachineExitCause cause)
    {
        await using MortalEngine engine = await MortalEngine.OpenAsync();
        await engine.Engine.CreateAsync(new CreateVmRequest { Name = "a", Restart = RestartPolicies.Always }, CancellationToken.None);
        await engine.Engine.WaitReadyAsync("a", EngineFixture.Patience, CancellationToken.None);
        engine.Hypervisor.Machines["a"].End(cause);
        await engine.EventAsync(0, "a", VmEventTypes.Restarting);
        await engine.Engine.StopAsync("a", force: false, CancellationToken.None);

        await engine.KillAsync();

        await engine.Engine.DeleteAsync("a", CancellationToken.None);
        Assert.Equal(
            [VmEventTypes.Restarting, VmEventTypes.Stopped, VmEventTypes.Deleted],
            (await engine.EventsAsync()).Select(static e => e.Type).SkipWhile(static type => type != VmEventTypes.Restarting));
    }

    /// <summary>A stop that the daemon did not live to see is a stop: no policy begins the VM again.</summary>
    [Fact]
    public async Task Open_AfterADaemonDiedAmidAStop_LeavesTheVmStopped()
    {
        await using MortalEngine engine = await MortalEngine.OpenAsync();
        await engine.Engine.CreateAsync(new CreateVmRequest { Name = "a", Restart = RestartPolicies.Always }, CancellationToken.None);
        await engine.Engine.WaitReadyAsync("a", EngineFixture.Patience, CancellationToken.None);

        await engine.KillAtAsync(MortalNetwork.Detach, () => engine.Engine.StopAsync("a", force: true, CancellationToken.None));

        Assert.Equal(VmStatus.Stopped, engine.Engine.Get("a").Status);
        await engine.Engine.DeleteAsync("a", CancellationToken.None);
        Assert.DoesNotContain(await engine.EventsAsync(), static e => e.Type is VmEventTypes.Restarting or VmEventTypes.Crashed);
    }

    /// <summary>The guest powered itself off, and the daemon ended before the run that the policy wanted after it.</summary>
    [Fact]
    public async Task Open_AfterADaemonDiedBeforeARestartOfWhatPoweredOff_RestartsIt()
    {
        await using MortalEngine engine = await MortalEngine.OpenAsync();
        await engine.Engine.CreateAsync(new CreateVmRequest { Name = "a", Restart = RestartPolicies.Always }, CancellationToken.None);
        await engine.Engine.WaitReadyAsync("a", EngineFixture.Patience, CancellationToken.None);
        engine.Hypervisor.Machines["a"].End(MachineExitCause.GuestPowerOff);
        VmEvent first = await engine.EventAsync(0, "a", VmEventTypes.Restarting);

        await engine.KillAsync();

        await engine.EventAsync(first.Seq, "a", VmEventTypes.Restarting);
        await engine.Clock.PassAsync(engine.Settings.RestartBackoff);
        await engine.EventAsync(first.Seq, "a", VmEventTypes.Ready);
    }

    /// <summary>A start that a caller asked for and that failed is the caller's to repeat, after a restart of the daemon too.</summary>
    [Fact]
    public async Task Open_AfterAStartThatFailed_LeavesItToItsCaller()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static settings => settings with { RestartBackoff = TimeSpan.FromMilliseconds(1) });
        await fixture.Engine.DisposeAsync();
        PutRow(fixture, VmStatus.Crashed, new CreateVmRequest { Restart = RestartPolicies.OnFailure });

        await fixture.ReopenAsync();
        await fixture.CreateReadyAsync("b");

        Assert.Equal(VmStatus.Crashed, fixture.Engine.Get("a").Status);
        await fixture.Engine.DeleteAsync("b", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Open_AfterADaemonDied_RemovesTapsAndFoldersAndTellsOfThoseThatNoVmHas()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.Engine.DisposeAsync();
        string id = PutRow(fixture, VmStatus.Running);
        fixture.Network.Taps["vt01020304"] = IPAddress.Parse("192.168.127.2");
        Directory.CreateDirectory(Path.Combine(fixture.Settings.RuntimeDirectory, "vms", id));
        string logs = Path.Combine(fixture.Settings.LogDirectory, "vms");
        Directory.CreateDirectory(Path.Combine(logs, id));
        Directory.CreateDirectory(Path.Combine(logs, "vm_unknown"));

        await fixture.ReopenAsync();

        fixture.AssertNothingLeft();
        Assert.Equal([id], Directory.GetDirectories(logs).Select(static f => Path.GetFileName(f)));
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Crashed, "a");
        Assert.Equal(
            ["tap vt01020304", "log folder vm_unknown"],
            events.Where(static e => e.Type == VmEventTypes.LeftoverRemoved).Select(static e => e.Data.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task Dispose_WithRunningVms_StopsThemInOrder()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        await fixture.CreateReadyAsync("b");

        await fixture.Engine.DisposeAsync();

        fixture.AssertNothingLeft();
        Assert.Equal(1, fixture.Hypervisor.Machines["a"].ButtonPresses);
        await fixture.ReopenAsync();
        Assert.All(fixture.Engine.List(null, null, null, 10), static vm => Assert.Equal(VmStatus.Stopped, vm.Status));
    }

    private static string PutRow(EngineFixture fixture, string status, CreateVmRequest? spec = null)
    {
        using StateStore store = StateStore.Open(Path.Combine(fixture.Settings.StateDirectory, "state.db"));
        string json = JsonSerializer.Serialize(spec ?? new CreateVmRequest(), ViperJson.Default.CreateVmRequest);
        NewVm row = new() { Name = "a", Status = VmStatus.Creating, CpuCores = 1, MemoryMb = 640, Image = "browser", SpecJson = json };
        CreateVmResult.Created created = Assert.IsType<CreateVmResult.Created>(
            store.CreateVm(row, static _ => "02:00:00:00:00:01", static vm => EventDraft.About(VmEventTypes.Created, vm)));
        store.UpdateVm(created.Vm.Id, new VmChange { Status = status });
        return created.Vm.Id;
    }
}
