using Viper.Hypervisor;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>The VMM as one engine reaches it; its machines outlive the engine.</summary>
internal sealed class MortalHypervisor(ScriptedHypervisor hypervisor, EngineLife life) : IHypervisor, IHypervisorSource
{
    public const string Spawn = "spawn";

    public HypervisorKind Kind => hypervisor.Kind;

    public HypervisorInfo Info => hypervisor.Info;

    public IHypervisor? Known => this;

    public string? Problem => null;

    public ValueTask<IHypervisor> FindAsync(CancellationToken cancellationToken) => new(this);

    public async Task<IMachine> StartAsync(MachineSpec spec, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(Spawn);
        return new MortalMachine(await hypervisor.StartAsync(spec, cancellationToken), life);
    }

    public async Task<IMachine?> AdoptAsync(MachineSpec spec, ProcessIdentity identity, CancellationToken cancellationToken = default) =>
        await hypervisor.AdoptAsync(spec, identity, cancellationToken) is { } machine ? new MortalMachine(machine, life) : null;
}
