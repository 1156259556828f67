using System.Collections.Concurrent;
using Viper.Hypervisor;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>Starts machines that do what a test tells them.</summary>
internal sealed class ScriptedHypervisor : IHypervisor, IHypervisorSource
{
    private readonly SemaphoreSlim _started = new(0);

    public ConcurrentDictionary<string, ScriptedMachine> Machines { get; } = new();

    public EngineException? Missing { get; set; }

    public Exception? StartFailure { get; set; }

    /// <summary>While set, machines are started only once this ends.</summary>
    public Task? Slow { get; set; }

    /// <summary>Ends when somebody waits for <see cref="Slow"/>.</summary>
    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What each machine prints as soon as it runs; null for nothing.</summary>
    public string? Greeting { get; set; } = ScriptedMachine.ReadyLine;

    public HypervisorKind Kind => HypervisorKind.Qemu;

    public HypervisorInfo Info { get; } = new("/bin/true", "scripted", Accelerator.Tcg, "scripted");

    public IHypervisor? Known => Missing is null ? this : null;

    public string? Problem => Missing?.Message;

    public IEnumerable<ScriptedMachine> Living => Machines.Values.Where(static m => !m.Exited.IsCompleted);

    public ValueTask<IHypervisor> FindAsync(CancellationToken cancellationToken) =>
        Missing is null ? new ValueTask<IHypervisor>(this) : throw Missing;

    public async Task<IMachine> StartAsync(MachineSpec spec, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        if (Slow is { } slow)
        {
            Reached.TrySetResult();
            await slow.WaitAsync(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (StartFailure is not null)
        {
            throw StartFailure;
        }

        ScriptedMachine machine = new(spec);
        Machines[spec.Name] = machine;
        if (Greeting is not null)
        {
            await machine.PrintAsync(Greeting);
        }

        _started.Release();
        return machine;
    }

    /// <summary>What taking over fails with; null where it does not.</summary>
    public Exception? AdoptFailure { get; set; }

    /// <summary>Gives the living machine of that name, as if an earlier daemon had started it.</summary>
    public Task<IMachine?> AdoptAsync(MachineSpec spec, ProcessIdentity identity, CancellationToken cancellationToken = default) => AdoptFailure is null
        ? Task.FromResult<IMachine?>(Machines.TryGetValue(spec.Name, out ScriptedMachine? machine) && machine.Identity == identity && !machine.Exited.IsCompleted ? machine : null)
        : Task.FromException<IMachine?>(AdoptFailure);

    /// <summary>Waits until one more machine has been started.</summary>
    public async Task<ScriptedMachine> NextAsync(string name)
    {
        Assert.True(await _started.WaitAsync(EngineFixture.Patience), "No machine was started.");
        return Machines[name];
    }
}
