using Viper.Daemon.Commands;

namespace Viper.Daemon.Tests.Commands;

/// <summary>A host that needs one thing, named after what it was asked.</summary>
internal sealed class ScriptedSetup : IHostSetup
{
    internal DoctorCheck Check { get; set; } = new("bridge", true, "viperbr0 is up");

    public Task<IReadOnlyList<SetupStep>> PlanAsync(CancellationToken cancellationToken) => Step("plan");

    public Task<IReadOnlyList<SetupStep>> ApplyAsync(CancellationToken cancellationToken) => Step("apply");

    public Task<IReadOnlyList<SetupStep>> PlanRemovalAsync(CancellationToken cancellationToken) => Step("plan removal");

    public Task<IReadOnlyList<SetupStep>> RemoveAsync(CancellationToken cancellationToken) => Step("remove");

    public Task<IReadOnlyList<DoctorCheck>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DoctorCheck>>([Check]);

    private static Task<IReadOnlyList<SetupStep>> Step(string what) => Task.FromResult<IReadOnlyList<SetupStep>>([new SetupStep(what, true)]);
}
