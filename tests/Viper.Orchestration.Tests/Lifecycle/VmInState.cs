using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests.Lifecycle;

/// <summary>A VM named <c>a</c> that was brought into a status, and is held in it where it would not stay by itself.</summary>
internal sealed class VmInState : IAsyncDisposable
{
    private readonly HeldClock _clock = new(TimeSpan.FromMinutes(5));
    private readonly TaskCompletionSource _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _pending = Task.CompletedTask;

    private VmInState()
    {
    }

    /// <summary>Statuses, and <c>starting</c> in the phases in which it can be held.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        VmStatus.Creating, "starting/network", "starting/spawn", "starting/boot", VmStatus.Running,
        VmStatus.Paused, VmStatus.Stopping, VmStatus.Stopped, VmStatus.Crashed, VmStatus.Deleting,
    ];

    public EngineFixture Fixture { get; private set; } = null!;

    public static string StatusOf(string state) => state.Split('/')[0];

    public static async Task<VmInState> BringAsync(string state)
    {
        VmInState vm = new();
        vm.Fixture = await EngineFixture.OpenAsync(s => s with { StartTimeout = TimeSpan.FromMinutes(5) }, vm._clock);
        if (state != VmStatus.Creating)
        {
            vm._clock.Release();
        }

        await vm.BringToAsync(state);
        Assert.Equal(StatusOf(state), vm.Fixture.Engine.Get("a").Status);
        if (state.Contains('/', StringComparison.Ordinal))
        {
            Assert.Equal(state.Split('/')[1], vm.Fixture.Engine.Get("a").Phase);
        }

        return vm;
    }

    /// <summary>Lets go of what holds the VM; runs that begin from now on stay in their boot.</summary>
    public void Release()
    {
        Fixture.Hypervisor.Greeting = null;
        _hold.TrySetResult();
        _clock.Release();
    }

    /// <summary>Waits for the command that brought the VM here, whatever became of it.</summary>
    public Task SettledAsync() => _pending.WaitAsync(EngineFixture.Patience, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Release();
        await _pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Fixture.DisposeAsync();
        _clock.Dispose();
    }

    private async Task BringToAsync(string state)
    {
        switch (state)
        {
            case VmStatus.Creating:
                _pending = Task.Run(() => Fixture.CreateAsync("a"));
                await _clock.Reached.Task.WaitAsync(EngineFixture.Patience);
                break;
            case "starting/network":
                Fixture.Network.Slow = _hold.Task;
                await Fixture.CreateAsync("a");
                await Fixture.Network.Reached.Task.WaitAsync(EngineFixture.Patience);
                Fixture.Network.Slow = null;
                break;
            case "starting/spawn":
                Fixture.Hypervisor.Slow = _hold.Task;
                await Fixture.CreateAsync("a");
                await Fixture.Hypervisor.Reached.Task.WaitAsync(EngineFixture.Patience);
                Fixture.Hypervisor.Slow = null;
                break;
            case "starting/boot":
                Fixture.Hypervisor.Greeting = null;
                await Fixture.CreateAsync("a");

                // The phase follows its event by a moment.
                await Fixture.UntilAsync("a", static vm => vm.Phase == VmPhase.Boot);
                break;
            default:
                await Fixture.CreateReadyAsync("a");
                await MoveOnAsync(state);
                break;
        }
    }

    private async Task MoveOnAsync(string state)
    {
        ScriptedMachine machine = Fixture.Hypervisor.Machines["a"];
        switch (state)
        {
            case VmStatus.Paused:
                await Fixture.Engine.PauseAsync("a", CancellationToken.None);
                break;
            case VmStatus.Stopping:
                machine.SlowShutdown = _hold.Task;
                _pending = Fixture.Engine.StopAsync("a", force: false, CancellationToken.None);
                await Fixture.EventsUntilAsync(VmEventTypes.Stopping, "a");
                break;
            case VmStatus.Stopped:
                await Fixture.Engine.StopAsync("a", force: true, CancellationToken.None);
                break;
            case VmStatus.Crashed:
                machine.End(MachineExitCause.Signalled, signal: 9);
                await Fixture.Engine.WaitStoppedAsync("a", EngineFixture.Patience, CancellationToken.None);
                break;
            case VmStatus.Deleting:
                Fixture.Network.Slow = _hold.Task;
                _pending = Fixture.Engine.DeleteAsync("a", CancellationToken.None);
                await Fixture.Network.Reached.Task.WaitAsync(EngineFixture.Patience);
                break;
            default:
                break;
        }
    }
}
