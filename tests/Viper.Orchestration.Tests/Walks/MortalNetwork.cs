using System.Net;
using Viper.Contracts;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>The network as one engine reaches it.</summary>
internal sealed class MortalNetwork(ScriptedNetwork network, EngineLife life) : IVmNetwork
{
    public const string Detach = "detach";

    public void Preflight() => network.Preflight();

    public void Attach(string tap, string mac, IPAddress address, NetworkSpec spec)
    {
        life.Pass();
        network.Attach(tap, mac, address, spec);
    }

    public async Task DetachAsync(string tap)
    {
        await life.PassAsync(Detach);
        await network.DetachAsync(tap);
    }

    public bool TryKeep(string tap, string mac, IPAddress address, NetworkSpec spec) => network.TryKeep(tap, mac, address, spec);

    public Task<IReadOnlyList<string>> RemoveLeftoversAsync() => network.RemoveLeftoversAsync();

    public IReadOnlyList<string> ListStrays() => network.ListStrays();

    public void Serve(Action<string, NetworkDeniedData> denied, Action<string> repaired) => network.Serve(denied, repaired);
}
