using Viper.Contracts;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests.Timers;

/// <summary>A VM named <c>a</c> in an engine whose clock only a test moves.</summary>
internal sealed class TimedVm : IAsyncDisposable
{
    private TimedVm(EngineFixture fixture, VirtualClock clock)
    {
        Fixture = fixture;
        Clock = clock;
    }

    public EngineFixture Fixture { get; }

    public VmEngine Engine => Fixture.Engine;

    public VirtualClock Clock { get; }

    public ScriptedMachine Machine => Fixture.Hypervisor.Machines["a"];

    /// <summary>Makes the VM and waits until it is ready. Agents are not asked how they are unless the settings say so.</summary>
    public static async Task<TimedVm> ReadyAsync(CreateVmRequest request, Func<EngineSettings, EngineSettings>? change = null)
    {
        VirtualClock clock = new();
        EngineFixture fixture = await EngineFixture.OpenAsync(
            s => change?.Invoke(s with { HealthInterval = TimeSpan.Zero }) ?? s with { HealthInterval = TimeSpan.Zero }, clock);
        TimedVm vm = new(fixture, clock);
        await fixture.Engine.CreateAsync(request with { Name = "a" }, CancellationToken.None);
        await vm.EventAsync(VmEventTypes.Ready);
        return vm;
    }

    /// <summary>Waits for the n-th event of a type about the VM.</summary>
    public async Task<VmEvent> EventAsync(string type, int n = 1)
    {
        using CancellationTokenSource patience = new(EngineFixture.Patience);
        await foreach (VmEvent e in Engine.ReadEventsAsync(0, "a", patience.Token))
        {
            if (e.Type == type && --n == 0)
            {
                return e;
            }
        }

        throw new InvalidOperationException($"No {type} came.");
    }

    /// <summary>Deletes the VM, behind everything that it still has to do, and returns the types of all its events.</summary>
    public async Task<IReadOnlyList<string>> DeleteAsync()
    {
        await Engine.DeleteAsync("a", CancellationToken.None);
        return [.. (await Fixture.EventsUntilAsync(VmEventTypes.Deleted, "a")).Select(static e => e.Type)];
    }

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();
}
