using Viper.Daemon.Commands;

namespace Viper.Daemon.Tests.Commands;

/// <summary>A host that needs one thing, named after what it was asked.</summary>
internal sealed class ScriptedSetup : IHostSetup
{
    internal DoctorCheck Check { get; set; } = new("bridge", true, "viperbr0 is up");

    public Task<IReadOnlyList<SetupStep>> PlanAsync(CancellationToken cancellationToken) => Step("plan");

    public Task<IReadOnlyList<SetupStep>> ApplyAsync(CancellationToken cancellationToken) => Step("apply");

    public Task<IReadOnlyList<SetupStep>> PlanRemovalAsync(bool force, CancellationToken cancellationToken) => Step("plan removal");

    public Task<IReadOnlyList<SetupStep>> RemoveAsync(bool force, CancellationToken cancellationToken) => Step(force ? "force removal" : "remove");

    public Task<IReadOnlyList<DoctorCheck>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DoctorCheck>>([Check]);

    public Task<IReadOnlyList<NetGuest>> ShowNetworkAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NetGuest>>(
    [
        new NetGuest
        {
            Vm = "a", Tap = "vt00000001", TapState = "up", IpAddress = "192.168.127.2", MacAddress = "02:00:00:00:00:01", Policy = "allow",
            UpKbps = 8000, SentBytes = 123_456, DeniedPackets = 7,
        },
    ]);

    private static Task<IReadOnlyList<SetupStep>> Step(string what) => Task.FromResult<IReadOnlyList<SetupStep>>([new SetupStep("bridge", what, true)]);
}
