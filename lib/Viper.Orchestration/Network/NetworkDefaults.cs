using Viper.Contracts;

namespace Viper.Orchestration.Network;

/// <summary>What a VM may do whose creator said nothing of it, or not all.</summary>
internal static class NetworkDefaults
{
    /// <summary>The whole of what the VM may do, as it is kept and shown.</summary>
    internal static NetworkSpec Resolve(NetworkSpec? asked, bool hasBrowser)
    {
        NetworkSpec spec = asked ?? new NetworkSpec();
        return spec with
        {
            Policy = spec.Policy ?? (hasBrowser ? NetworkPolicies.Internet : NetworkPolicies.None),
            Allow =
            [
                .. (spec.Allow ?? []).Select(static entry => new NetworkAllow
                {
                    Cidr = AllowedDestination.TryParseNetwork(entry.Cidr, out System.Net.IPNetwork network) ? network.ToString() : entry.Cidr,
                    Ports = entry.Ports ?? [],
                }),
            ],
        };
    }
}
