using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Start, pause, reset, and the ends.</summary>
public abstract partial class MachineContract
{
    [Fact]
    public async Task StartAsync_TinyGuest_RunsAndTalks()
    {
        await using IMachine machine = await StartUpAsync();

        await EchoAsync(machine, 'x');

        Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Deadline));
        Assert.Equal(Expected, machine.Capabilities & Expected);
        Assert.Equal(machine.Capabilities, machine.Capabilities & (await SelectAsync()).Info.Capabilities);
    }

    [Fact]
    public async Task StartAsync_MissingKernel_IsASpecError()
    {
        IHypervisor hypervisor = await SelectAsync();

        MachineSpecException error = await Assert.ThrowsAsync<MachineSpecException>(
            () => hypervisor.StartAsync(Spec() with { KernelPath = "/nonexistent" }, Deadline));

        Assert.Equal(nameof(MachineSpec.KernelPath), error.Property);
        Assert.False(Directory.Exists(Folder["a"]));
    }

    [Fact]
    public async Task StartAsync_CancelledBefore_StartsNothing()
    {
        IHypervisor hypervisor = await SelectAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hypervisor.StartAsync(Spec(), new CancellationToken(canceled: true)));

        Assert.False(Directory.Exists(Folder["a"]));
    }

    [Fact]
    public async Task PauseAsync_Running_StandsStillUntilResumed()
    {
        await using IMachine machine = await StartUpAsync();

        await machine.PauseAsync(Deadline);
        await machine.PauseAsync(Deadline);
        Assert.Equal(MachineState.Paused, await machine.QueryStateAsync(Deadline));
        await machine.ResumeAsync(Deadline);
        await machine.ResumeAsync(Deadline);

        Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Deadline));
        await EchoAsync(machine, 'y');
    }

    [Fact]
    public async Task Exited_GuestPowersOff_SaysSoAndLeavesNothing()
    {
        await using IMachine machine = await StartUpAsync();

        await machine.Serial.TypeAsync("q", Deadline);
        MachineExit exit = await machine.Exited.WaitAsync(Deadline);

        Assert.Equal(MachineExitCause.GuestPowerOff, exit.Cause);
        AssertGone(machine);
        Assert.Equal(MachineState.Ended, await machine.QueryStateAsync(Deadline));
        await Assert.ThrowsAsync<MachineGoneException>(() => machine.PauseAsync(Deadline));
        await Assert.ThrowsAsync<MachineGoneException>(() => machine.PowerButtonAsync(Deadline));
        Assert.Equal(StopStage.AlreadyGone, (await machine.StopAsync(Grace, Deadline)).Stage);
    }

    [Fact]
    public async Task StopAsync_WithGrace_ReportsEveryStep()
    {
        await using IMachine machine = await StartUpAsync();
        StopSteps steps = new();
        TimeSpan grace = HearsButton ? Grace : TimeSpan.FromMilliseconds(50);

        StopOutcome outcome = await machine.StopAsync(grace, steps, Deadline);

        if (HearsButton)
        {
            Assert.Equal((StopStage.PowerButton, MachineExitCause.GuestPowerOff), (outcome.Stage, outcome.Exit.Cause));
            Assert.Equal([StopStep.PowerButton, StopStep.Gone], steps.Seen);
        }
        else
        {
            Assert.Equal((StopStage.Quit, MachineExitCause.Requested), (outcome.Stage, outcome.Exit.Cause));
            Assert.Equal([StopStep.PowerButton, StopStep.PowerButtonFailed, StopStep.Quit, StopStep.Gone], steps.Seen);
        }

        AssertGone(machine);
    }

    [Fact]
    public async Task StopAsync_PausedWithoutGrace_QuitsTheVmm()
    {
        await using IMachine machine = await StartUpAsync();
        await machine.PauseAsync(Deadline);
        StopSteps steps = new();

        StopOutcome outcome = await machine.StopAsync(TimeSpan.Zero, steps, Deadline);

        Assert.Equal((StopStage.Quit, MachineExitCause.Requested), (outcome.Stage, outcome.Exit.Cause));
        Assert.Equal([StopStep.Quit, StopStep.Gone], steps.Seen);
        AssertGone(machine);
    }

    [Fact]
    public async Task KillAsync_Running_IsGoneAtOnce()
    {
        await using IMachine machine = await StartUpAsync();

        await machine.KillAsync();

        Assert.Equal(MachineExitCause.Requested, (await machine.Exited).Cause);
        AssertGone(machine);
    }

    [Fact]
    public async Task ResetAsync_Running_GuestStartsAgainInTheSameProcess()
    {
        await using IMachine machine = await StartUpAsync();
        if (!await OffersAsync(machine, MachineCapabilities.Reset, () => machine.ResetAsync(Deadline)))
        {
            return;
        }

        await machine.ResetAsync(Deadline);
        await SeeTwiceAsync(machine, "guest: up");

        Assert.True(machine.Identity.IsAlive());
        await EchoAsync(machine, 'z');
    }

    [Fact]
    public async Task ResetAsync_Paused_GuestRunsAgain()
    {
        await using IMachine machine = await StartUpAsync();
        await machine.PauseAsync(Deadline);
        if (await OffersAsync(machine, MachineCapabilities.Reset, () => machine.ResetAsync(Deadline)))
        {
            await machine.ResetAsync(Deadline);
            await SeeTwiceAsync(machine, "guest: up");
            Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Deadline));
        }
    }

    [Fact]
    public async Task Exited_GuestResetsItself_EndsTheMachine()
    {
        if (!Counts)
        {
            // The stand-in's guest has no such word.
            return;
        }

        await using IMachine machine = await StartUpAsync();
        if ((machine.Capabilities & MachineCapabilities.Reset) != 0)
        {
            // A wanted reset before must not have changed what a guest's own means.
            await machine.ResetAsync(Deadline);
            await SeeTwiceAsync(machine, "guest: up");
        }

        await machine.Serial.TypeAsync("r", Deadline);

        Assert.Equal(MachineExitCause.GuestReset, (await machine.Exited.WaitAsync(Deadline)).Cause);
    }

    [Fact]
    public async Task NmiAsync_Running_IsSentOrRefusedByType()
    {
        await using IMachine machine = await StartUpAsync();
        if (await OffersAsync(machine, MachineCapabilities.Nmi, () => machine.NmiAsync(Deadline)))
        {
            // A guest without a handler would die of it, so it is given one that stands still.
            await machine.PauseAsync(Deadline);
            await machine.NmiAsync(Deadline);
            Assert.Equal(MachineState.Paused, await machine.QueryStateAsync(Deadline));
        }
    }

    private async Task SeeTwiceAsync(IMachine machine, string text)
    {
        int seen = 0;
        await foreach (SerialLine line in machine.Serial.Lines(Deadline))
        {
            if (line.Text.Contains(text, StringComparison.Ordinal) && ++seen == 2)
            {
                return;
            }
        }

        Assert.Fail($"The guest printed '{text}' {seen} times, and then: {await machine.Exited.WaitAsync(Deadline)}");
    }

    private sealed class StopSteps : IProgress<StopReport>
    {
        private readonly List<StopReport> _reports = [];

        public IEnumerable<StopStep> Seen => _reports.Select(report => report.Step);

        public void Report(StopReport value) => _reports.Add(value);
    }
}
