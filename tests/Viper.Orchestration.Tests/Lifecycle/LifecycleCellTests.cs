using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Lifecycle;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests.Lifecycle;

/// <summary>Every cell of the lifecycle's tables, driven through the engine.</summary>
public sealed class LifecycleCellTests
{
    public static TheoryData<string, string> Commands()
    {
        TheoryData<string, string> cells = [];
        foreach (string state in VmInState.All)
        {
            foreach (VmCommand command in Enum.GetValues<VmCommand>())
            {
                cells.Add(state, command.ToString());
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_InAState_DoesWhatTheTableSays(string state, string commandName)
    {
        VmCommand command = Enum.Parse<VmCommand>(commandName);
        string status = VmInState.StatusOf(state);
        VmOutcome outcome = VmLifecycle.On(status, command);
        await using VmInState vm = await VmInState.BringAsync(state);
        long before = vm.Fixture.Engine.GetStatus().LastSeq;

        Task<Vm?> answer = SendAsync(vm.Fixture.Engine, command).WaitAsync(EngineFixture.Patience, TestContext.Current.CancellationToken);

        switch (outcome.Verdict)
        {
            case VmVerdict.Refuse:
                EngineException refused = await Assert.ThrowsAsync<EngineException>(() => answer);
                Problem problem = refused.Problem;
                Assert.Equal((409, outcome.Code, status, commandName.ToLowerInvariant()), (problem.Status, problem.Code, problem.State, problem.Command));
                Assert.Equal((before, status), (vm.Fixture.Engine.GetStatus().LastSeq, vm.Fixture.Engine.Get("a").Status));
                break;
            case VmVerdict.Already:
                // Held in its state if need be: the answer does not wait for anything.
                Assert.Equal(status, (await answer)!.Status);
                break;
            default:
                vm.Release();
                await AssertWayAsync(vm, before, outcome);
                await AssertAnswerAsync(answer, status, command);
                break;
        }
    }

    [Theory]
    [InlineData(VmStatus.Creating, "StartFailed")]
    [InlineData("starting/network", "StartFailed")]
    [InlineData("starting/spawn", "StartFailed")]
    [InlineData("starting/boot", "Ready")]
    [InlineData("starting/boot", "PoweredOff")]
    [InlineData("starting/boot", "Died")]
    [InlineData(VmStatus.Running, "Ready")]
    [InlineData(VmStatus.Running, "PoweredOff")]
    [InlineData(VmStatus.Running, "Died")]
    [InlineData(VmStatus.Paused, "Ready")]
    [InlineData(VmStatus.Paused, "PoweredOff")]
    [InlineData(VmStatus.Paused, "Died")]
    [InlineData(VmStatus.Stopping, "PoweredOff")]
    [InlineData(VmStatus.Stopping, "Died")]
    [InlineData(VmStatus.Stopped, "StartFailed")]
    [InlineData(VmStatus.Stopped, "Died")]
    [InlineData(VmStatus.Crashed, "StartFailed")]
    [InlineData(VmStatus.Crashed, "PoweredOff")]
    [InlineData(VmStatus.Deleting, "PoweredOff")]
    [InlineData(VmStatus.Deleting, "Died")]
    public async Task Occurrence_InAState_DoesWhatTheTableSays(string state, string occurrenceName)
    {
        VmOccurrence occurrence = Enum.Parse<VmOccurrence>(occurrenceName);
        VmOutcome outcome = VmLifecycle.On(VmInState.StatusOf(state), occurrence);
        await using VmInState vm = await VmInState.BringAsync(state);

        await MakeHappenAsync(vm, occurrence);

        if (outcome.Verdict == VmVerdict.Go)
        {
            await vm.Fixture.UntilAsync("a", now => now.Status == outcome.To);
            return;
        }

        // What the state's own command ends in is all that comes of it.
        vm.Release();
        await vm.SettledAsync();
        string status = VmInState.StatusOf(state);
        string? after = vm.Fixture.Engine.List(null, null, null, 1).SingleOrDefault()?.Status;
        Assert.Equal(status switch { VmStatus.Stopping => VmStatus.Stopped, VmStatus.Deleting => null, _ => status }, after);
    }

    [Fact]
    public async Task Committed_WhileCreating_Starts()
    {
        await using VmInState vm = await VmInState.BringAsync(VmStatus.Creating);
        long before = vm.Fixture.Engine.GetStatus().LastSeq;

        vm.Release();

        await AssertWayAsync(vm, before, VmLifecycle.On(VmStatus.Creating, VmOccurrence.Committed));
    }

    private static async Task<Vm?> SendAsync(VmEngine engine, VmCommand command)
    {
        switch (command)
        {
            case VmCommand.Start:
                return await engine.StartAsync("a", CancellationToken.None);
            case VmCommand.Stop:
                return await engine.StopAsync("a", force: false, CancellationToken.None);
            case VmCommand.Restart:
                return await engine.RestartAsync("a", force: false, CancellationToken.None);
            case VmCommand.Pause:
                return await engine.PauseAsync("a", CancellationToken.None);
            case VmCommand.Resume:
                return await engine.ResumeAsync("a", CancellationToken.None);
            default:
                await engine.DeleteAsync("a", CancellationToken.None);
                return null;
        }
    }

    private static async Task AssertAnswerAsync(Task<Vm?> answer, string status, VmCommand command)
    {
        if (status == VmStatus.Deleting)
        {
            // The other delete did it.
            Assert.Equal(ProblemCodes.VmNotFound, (await Assert.ThrowsAsync<EngineException>(() => answer)).Code);
            return;
        }

        Vm? vm = await answer;
        Assert.Equal(command == VmCommand.Delete, vm is null);
    }

    /// <summary>Reads the statuses that the events after a place tell of, until they are those of the way.</summary>
    private static async Task AssertWayAsync(VmInState vm, long after, VmOutcome outcome)
    {
        string[] expected = [.. outcome.Way.Where(static s => s != VmLifecycle.Gone)];
        List<string> seen = [];
        using CancellationTokenSource patience = new(EngineFixture.Patience);
        await foreach (VmEvent e in vm.Fixture.Engine.ReadEventsAsync(after, "a", patience.Token))
        {
            if (seen.Count == 0 || seen[^1] != e.Vm.Status)
            {
                seen.Add(e.Vm.Status);
            }

            Assert.Equal(expected.Take(seen.Count), seen);
            if (seen.Count == expected.Length && (outcome.To != VmLifecycle.Gone || e.Type == VmEventTypes.Deleted))
            {
                return;
            }
        }
    }

    private static async Task MakeHappenAsync(VmInState vm, VmOccurrence occurrence)
    {
        EngineFixture fixture = vm.Fixture;
        ScriptedMachine? machine = fixture.Hypervisor.Machines.GetValueOrDefault("a");
        switch (occurrence)
        {
            case VmOccurrence.Ready:
                await machine!.PrintAsync(ScriptedMachine.ReadyLine);
                break;
            case VmOccurrence.PoweredOff:
                machine!.End(MachineExitCause.GuestPowerOff);
                break;
            case VmOccurrence.Died:
                machine!.End(MachineExitCause.Signalled, signal: 9);
                break;
            case VmOccurrence.StartFailed when fixture.Engine.Get("a").Status == VmStatus.Starting:
                fixture.Hypervisor.StartFailure = new IOException("no memory");
                vm.Release();
                break;
            default:
                await FailToBeginAsync(vm);
                break;
        }
    }

    // That a start begins cannot be written down, so it does not.
    private static async Task FailToBeginAsync(VmInState vm)
    {
        using HeldDatabase held = HeldDatabase.Take(vm.Fixture);
        string before = vm.Fixture.Engine.Get("a").Status;
        vm.Release();
        if (before == VmStatus.Creating)
        {
            await vm.SettledAsync();
        }
        else
        {
            await vm.Fixture.Engine.StartAsync("a", CancellationToken.None);
        }

        await vm.Fixture.UntilAsync("a", static now => now.Status == VmStatus.Crashed);
        Assert.NotNull(vm.Fixture.Engine.Get("a").StatusReason);
    }
}
