using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests;

public sealed class PauseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PauseAndResume_HoldTheMachineAndKeepTheRest()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm before = await fixture.CreateReadyAsync("a");
        ScriptedMachine machine = fixture.Hypervisor.Machines["a"];

        Vm paused = await fixture.Engine.PauseAsync("a", Cancel);

        Assert.Equal((VmStatus.Paused, (string?)null, true), (paused.Status, paused.Phase, machine.IsPaused));
        Assert.Equal(ProblemCodes.VmNotRunning, Assert.Throws<EngineException>(() => fixture.Engine.GetAgent("a")).Code);
        Assert.Single(fixture.Network.Taps);

        Vm resumed = await fixture.Engine.ResumeAsync("a", Cancel);

        Assert.Equal((VmStatus.Running, VmPhase.Ready, before.Pid, false), (resumed.Status, resumed.Phase, resumed.Pid, machine.IsPaused));
        string[] types = [.. (await fixture.EventsUntilAsync(VmEventTypes.Resumed, "a")).Select(static e => e.Type)];
        Assert.Equal([VmEventTypes.Paused, VmEventTypes.Resumed], types[^2..]);
    }

    [Fact]
    public async Task Pause_TheVmmRefuses_IsATypedErrorAndTheVmRunsOn()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        ScriptedMachine machine = fixture.Hypervisor.Machines["a"];
        machine.MoveFailure = await Record.ExceptionAsync(() => ((IMachine)machine).NmiAsync(Cancel));

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.PauseAsync("a", Cancel));

        Assert.Equal((502, ProblemCodes.VmmFailed), (refused.Problem.Status, refused.Code));
        Assert.Equal(VmStatus.Running, fixture.Engine.Get("a").Status);
    }

    /// <summary>A VMM whose process is stopped takes a command and says nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pause_TheVmmIsSilent_StopAndDeleteDoNotWaitForIt(bool isDelete)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync(time: new VirtualClock());
        await fixture.CreateReadyAsync("a");
        ScriptedMachine machine = fixture.Hypervisor.Machines["a"];
        machine.IsSilent = true;
        Task<Vm> pausing = fixture.Engine.PauseAsync("a", Cancel);
        await machine.MoveAsked.Task.WaitAsync(Cancel);

        Task ending = isDelete ? fixture.Engine.DeleteAsync("a", Cancel) : fixture.Engine.StopAsync("a", force: true, Cancel);

        await ending.WaitAsync(EngineFixture.Patience, Cancel);
        Assert.Equal(ProblemCodes.VmmFailed, (await Assert.ThrowsAsync<EngineException>(() => pausing)).Code);
        Assert.Empty(fixture.Network.Taps);
    }

    [Fact]
    public async Task Pause_TheVmmIsSilent_IsATypedErrorWithinItsTime()
    {
        VirtualClock clock = new();
        await using EngineFixture fixture = await EngineFixture.OpenAsync(time: clock);
        await fixture.CreateReadyAsync("a");
        ScriptedMachine machine = fixture.Hypervisor.Machines["a"];
        machine.IsSilent = true;
        Task<Vm> pausing = fixture.Engine.PauseAsync("a", Cancel);
        await machine.MoveAsked.Task.WaitAsync(Cancel);

        clock.Advance(TimeSpan.FromSeconds(10));

        EngineException late = await Assert.ThrowsAsync<EngineException>(() => pausing);
        Assert.Equal((502, ProblemCodes.VmmFailed), (late.Problem.Status, late.Code));
        Assert.Contains("SIGSTOP", late.Message, StringComparison.Ordinal);
        Assert.Equal(VmStatus.Running, fixture.Engine.Get("a").Status);
    }

    [Fact]
    public async Task Restart_OfARunningVm_IsAnotherRunOfTheSameVm()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm before = await fixture.CreateReadyAsync("a");
        ScriptedMachine first = fixture.Hypervisor.Machines["a"];

        await fixture.Engine.RestartAsync("a", force: false, Cancel);
        Vm after = await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, Cancel);

        Assert.Equal((1, true), (first.ButtonPresses, first.Exited.IsCompleted));
        Assert.Equal((before.Id, before.IpAddress), (after.Id, after.IpAddress));
        Assert.NotSame(first, fixture.Hypervisor.Machines["a"]);
        Assert.Single(fixture.Network.Taps);
    }

    [Fact]
    public async Task Restart_ThatCouldNotStartAgain_LeavesTheVmRunning()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        fixture.Network.NotReady = Orchestration.Internal.EngineProblems.HostNotReady("no bridge");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => fixture.Engine.RestartAsync("a", force: false, Cancel));

        Assert.Equal(ProblemCodes.HostNotReady, refused.Code);
        Assert.Equal(VmStatus.Running, fixture.Engine.Get("a").Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StopOrDelete_AtOnce_CutsTheGraceOfAnEarlierStop(bool isDelete)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        fixture.Hypervisor.Machines["a"].SlowShutdown = new TaskCompletionSource().Task;
        Task<Vm> slow = fixture.Engine.StopAsync("a", force: false, Cancel);
        await fixture.EventsUntilAsync(VmEventTypes.Stopping, "a");

        Task cut = isDelete ? fixture.Engine.DeleteAsync("a", Cancel) : fixture.Engine.StopAsync("a", force: true, Cancel);

        await cut.WaitAsync(EngineFixture.Patience, Cancel);
        Assert.Equal(VmStatus.Stopped, (await slow.WaitAsync(EngineFixture.Patience, Cancel)).Status);
        fixture.AssertNothingLeft();
    }
}
