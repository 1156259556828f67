using System.Net;

using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>One VM as the filter knows it.</summary>
/// <param name="Tap">Its tap.</param>
/// <param name="Mac">Its Ethernet address.</param>
/// <param name="Ip">Its address.</param>
/// <param name="Network">What it may do.</param>
internal sealed record GuestRules(string Tap, MacAddress Mac, IPAddress Ip, NetworkSpec Network)
{
    private bool IsConnected => Network.Policy != NetworkPolicies.None;

    internal GuestLimits? Limits => IsConnected ? GuestLimits.Of(Tap, Network) : null;

    /// <summary>Its elements in every set of the two tables; sets without one are absent.</summary>
    internal IEnumerable<(NftFamily Family, string Set, IReadOnlyList<NftElement> Elements)> Elements()
    {
        yield return (NftFamily.Bridge, HostFirewall.PortsSet, [NftElement.OfLink(Tap)]);
        yield return (NftFamily.Bridge, HostFirewall.GuestsSet, [NftElement.Of(Tap, Mac, Ip)]);
        yield return (NftFamily.Bridge, HostFirewall.ForgedSet, [NftElement.OfLink(Tap)]);
        yield return (NftFamily.Bridge, HostFirewall.DeniedCountSet, [NftElement.OfLink(Tap)]);
        yield return (NftFamily.Inet, HostFirewall.DeniedCountSet, [NftElement.Of(Ip)]);
        yield return (NftFamily.Inet, HostFirewall.AskedSet, [NftElement.Of(Ip)]);
        if (!IsConnected)
        {
            yield break;
        }

        yield return (NftFamily.Inet, HostFirewall.SentSet, [NftElement.Of(Ip)]);
        yield return (NftFamily.Inet, HostFirewall.ReceivedSet, [NftElement.Of(Ip)]);
        if (Limits is { } limits)
        {
            yield return (NftFamily.Inet, HostFirewall.LimitsMap, [Element(NftVerdictKind.Jump, limits.ChainName)]);
        }

        AllowedElements allowed = AllowedDestination.Elements(Ip, Network.Policy == NetworkPolicies.Allow ? Network.Allow ?? [] : []);
        foreach ((string set, List<NftElement> elements) in new[]
        {
            (HostFirewall.AllowedSet, allowed.Exact),
            (HostFirewall.AllowedPortsSet, allowed.Ports),
            (HostFirewall.AllowedNetworksSet, allowed.Networks),
        })
        {
            if (elements.Count > 0)
            {
                yield return (NftFamily.Inet, set, elements);
            }
        }

        // Last, as what lets the VM out: where somebody reads the sets one by one, the rest is there.
        yield return (NftFamily.Inet, HostFirewall.PoliciesMap, [Element(NftVerdictKind.Goto, HostFirewall.PolicyChain(Network.Policy!))]);
    }

    /// <summary>Writes all of it into a transaction.</summary>
    internal void AddTo(NftTransaction transaction, string table)
    {
        if (Limits is { } limits)
        {
            NftChain chain = limits.ToChain();
            transaction.AddChain(NftFamily.Inet, table, chain with { Rules = [] });
            foreach (NftRule rule in chain.Rules)
            {
                transaction.AddRule(NftFamily.Inet, table, chain.Name, rule);
            }
        }

        foreach ((NftFamily family, string set, IReadOnlyList<NftElement> elements) in Elements())
        {
            transaction.AddElements(family, table, set, elements);
        }
    }

    private NftElement Element(NftVerdictKind kind, string chain) => NftElement.Of(Ip) with { Verdict = new NftVerdict(kind, chain) };
}
