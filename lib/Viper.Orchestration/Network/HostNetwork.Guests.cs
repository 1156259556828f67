using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

public sealed partial class HostNetwork
{
    /// <summary>The VMs on the bridge as the filter knows them, by address; empty before setup.</summary>
    /// <remarks>It needs no daemon. What a VM may do is read from the kernel, so it is what holds, not what was asked for.</remarks>
    /// <exception cref="NetException">The kernel refused.</exception>
    public IReadOnlyList<GuestState> ListGuests()
    {
        Dictionary<string, string?> policies = Verdicts(HostFirewall.PoliciesMap);
        Dictionary<string, string?> limits = Verdicts(HostFirewall.LimitsMap);
        Dictionary<string, NftCount>[] counts =
        [
            .. new[] { HostFirewall.SentSet, HostFirewall.ReceivedSet, HostFirewall.AskedSet, HostFirewall.DeniedCountSet }.Select(set => Counts(NftFamily.Inet, set)),
        ];
        Dictionary<string, NftCount> forged = Counts(NftFamily.Bridge, HostFirewall.ForgedSet);
        Dictionary<string, NftCount> others = Counts(NftFamily.Bridge, HostFirewall.DeniedCountSet);
        Dictionary<int, int> down = _route.ListQueues().Where(static queue => queue.Kind == "tbf")
            .GroupBy(static queue => queue.LinkIndex)
            .ToDictionary(static queues => queues.Key, static queues => (int)(queues.First().BytesPerSecond * 8 / 1000));
        Dictionary<string, Link> links = _route.ListLinks().GroupBy(static link => link.Name).ToDictionary(static group => group.Key, static group => group.First());
        return
        [
            .. GuestKey.ReadAll(_firewall.ListElements(NftFamily.Bridge, _settings.TableName, HostFirewall.GuestsSet))
                .OrderBy(static guest => Convert.ToHexString(guest.Ip.GetAddressBytes()), StringComparer.Ordinal)
                .Select(guest =>
                {
                    string key = Key(NftElement.Of(guest.Ip));
                    string port = Key(NftElement.OfLink(guest.TapName));
                    GuestLimits? limit = GuestLimits.TryParse(limits.GetValueOrDefault(key));
                    Link? tap = links.GetValueOrDefault(guest.TapName);
                    return new GuestState
                    {
                        Tap = guest.TapName,
                        Port = tap switch { null => GuestPortState.Missing, { IsUp: false } => GuestPortState.Down, _ => GuestPortState.Up },
                        Mac = guest.Mac,
                        Ip = guest.Ip,
                        Policy = HostFirewall.PolicyOf(policies.GetValueOrDefault(key)) ?? NetworkPolicies.None,
                        UpKbps = limit?.UpKbps ?? 0,
                        DownKbps = tap is null ? 0 : down.GetValueOrDefault(tap.Index),
                        MaxConnections = limit?.MaxConnections ?? 0,
                        Sent = counts[0].GetValueOrDefault(key),
                        Received = counts[1].GetValueOrDefault(key),
                        Questions = counts[2].GetValueOrDefault(key),
                        Denied = counts[3].GetValueOrDefault(key) + others.GetValueOrDefault(port),
                        Forged = forged.GetValueOrDefault(port),
                    };
                }),
        ];
    }

    private Dictionary<string, string?> Verdicts(string map) =>
        _firewall.ListElements(NftFamily.Inet, _settings.TableName, map).ToDictionary(Key, static element => element.Verdict?.Chain);

    private Dictionary<string, NftCount> Counts(NftFamily family, string set) =>
        _firewall.ListElements(family, _settings.TableName, set).ToDictionary(Key, static element => element.Count ?? default);

    private static string Key(NftElement element) => Convert.ToHexString(element.Key.Span);
}
