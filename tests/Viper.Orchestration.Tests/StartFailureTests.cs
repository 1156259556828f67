using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Guest;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests;

public sealed class StartFailureTests
{
    [Fact]
    public async Task Start_WhenTheTapCannotBeMade_IsUndone()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Network.AttachFailure = new IOException("the bridge is gone");

        await AssertCrashesAsync(fixture, "the bridge is gone");
    }

    [Fact]
    public async Task Start_WhenTheVmmRefuses_IsUndone()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.StartFailure = new IOException("cannot allocate memory");

        await AssertCrashesAsync(fixture, "cannot allocate memory");
    }

    [Fact]
    public async Task Start_WhenTheVmmEndsBeforeReady_IsUndone()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        (await fixture.Hypervisor.NextAsync("a")).End(MachineExitCause.Signalled, signal: 9);

        await AssertCrashedAsync(fixture, "signal 9");
    }

    [Fact]
    public async Task Start_PastItsDeadline_IsUndoneAndNamesThePhase()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { StartTimeout = TimeSpan.FromSeconds(2) });
        fixture.Hypervisor.Greeting = "Kernel panic - not syncing";
        await fixture.CreateAsync("a");

        await AssertCrashedAsync(fixture, "it had come to boot. Its last words on the serial port: Kernel panic - not syncing");
    }

    [Fact]
    public async Task Start_OfAGuestThatNeverSpeaks_IsMadeOnceMore()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { BootSilence = TimeSpan.FromMilliseconds(100) });
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");
        ScriptedMachine silent = await fixture.Hypervisor.NextAsync("a");
        await silent.Exited.WaitAsync(EngineFixture.Patience, TestContext.Current.CancellationToken);

        ScriptedMachine second = await fixture.Hypervisor.NextAsync("a");
        await second.PrintAsync(ScriptedMachine.ReadyLine);

        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken);
        Assert.NotSame(silent, second);
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Ready, "a");
        Assert.Equal([VmEventTypes.Created, VmEventTypes.Running, VmEventTypes.Ready], events.Select(static e => e.Type));
        await fixture.Engine.DeleteAsync("a", TestContext.Current.CancellationToken);
        fixture.AssertNothingLeft();
    }

    [Fact]
    public async Task Start_OfAGuestThatSpokeOnce_IsLeftItsTime()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(static s => s with { BootSilence = TimeSpan.FromMilliseconds(100), StartTimeout = TimeSpan.FromSeconds(2) });
        fixture.Hypervisor.Greeting = """viper: init {"init_start":1}""";
        await fixture.CreateAsync("a");
        ScriptedMachine only = await fixture.Hypervisor.NextAsync("a");

        await AssertCrashedAsync(fixture, "it had come to boot");

        Assert.Same(only, fixture.Hypervisor.Machines["a"]);
    }

    [Fact]
    public async Task Start_OnAForgedRing_WaitsForTheAgentsWord()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Agents.Answer = time =>
        {
            asked.TrySetResult();
            return time == 1 ? null : new AgentHealth(true, "HeadlessChrome/1");
        };
        await fixture.CreateAsync("a");
        await asked.Task.WaitAsync(EngineFixture.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(VmStatus.Starting, fixture.Engine.Get("a").Status);

        await fixture.Hypervisor.Machines["a"].PrintAsync("[    3.1] noise " + ScriptedMachine.ReadyLine);

        Vm vm = await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(VmStatus.Running, vm.Status);
    }

    [Fact]
    public async Task Start_AfterAFailure_Works()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.StartFailure = new IOException("out of memory");
        await AssertCrashesAsync(fixture, "out of memory");
        fixture.Hypervisor.StartFailure = null;

        await fixture.Engine.StartAsync("a", TestContext.Current.CancellationToken);
        Vm vm = await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken);

        Assert.Equal((VmStatus.Running, null), (vm.Status, vm.StatusReason));
    }

    [Fact]
    public async Task WaitReady_PastItsTimeout_SaysThatTheStartGoesOn()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Hypervisor.Greeting = null;
        await fixture.CreateAsync("a");

        EngineException late = await Assert.ThrowsAsync<EngineException>(
            () => fixture.Engine.WaitReadyAsync("a", TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));

        Assert.Equal((ProblemCodes.StartTimeout, 504), (late.Code, late.Problem.Status));
        Assert.Equal(VmStatus.Starting, fixture.Engine.Get("a").Status);
    }

    private static async Task AssertCrashesAsync(EngineFixture fixture, string reason)
    {
        await fixture.CreateAsync("a");
        await AssertCrashedAsync(fixture, reason);
    }

    private static async Task AssertCrashedAsync(EngineFixture fixture, string reason)
    {
        EngineException failed = await Assert.ThrowsAsync<EngineException>(
            () => fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(ProblemCodes.StartFailed, failed.Code);
        Assert.Contains(reason, failed.Message, StringComparison.Ordinal);

        Vm vm = await fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(VmStatus.Crashed, vm.Status);
        Assert.Contains(reason, vm.StatusReason, StringComparison.Ordinal);
        fixture.AssertNothingLeft();
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Crashed, "a");
        Assert.Contains(reason, events[^1].Data.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }
}
