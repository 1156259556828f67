using System.Net;

using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

public sealed partial class VmNetwork
{
    /// <summary>Whether somebody else changed the filter.</summary>
    internal FilterGeneration Generation => _generation;

    /// <summary>How much the kernel has answered so far, in bytes: what our questions cost.</summary>
    internal long ReceivedBytes => _route.ReceivedBytes + _firewall.ReceivedBytes;

    /// <summary>The taps that wait for the next VMs.</summary>
    internal ReadyTaps Ready => _ready;

    /// <summary>The VMs that this object attached.</summary>
    internal IReadOnlyList<GuestRules> Attached => [.. _attached.Values];

    /// <summary>The VM that has an address; null where none of ours has.</summary>
    internal GuestRules? FindByAddress(IPAddress address) => _byAddress.GetValueOrDefault(address);

    /// <summary>The VM behind a link; null where none of ours is.</summary>
    internal GuestRules? FindByLink(int index) =>
        _route.GetLink(index) is { } link && _attached.TryGetValue(link.Name, out GuestRules? guest) ? guest : null;

    /// <summary>Does something while no VM is joined or taken away.</summary>
    internal T WhileUnchanged<T>(Func<T> work)
    {
        lock (_filter)
        {
            return work();
        }
    }

    /// <summary>Puts back what somebody else took from the bridge or the filter, VMs' own parts included.</summary>
    /// <returns>What was not as it should be; empty where all was.</returns>
    /// <exception cref="HostNetworkException">What was changed stands in the way.</exception>
    /// <exception cref="NetException">The kernel refused.</exception>
    internal IReadOnlyList<string> Repair(HostNetwork host)
    {
        ArgumentNullException.ThrowIfNull(host);
        lock (_filter)
        {
            IReadOnlyList<GuestRules> guests = Attached;
            IReadOnlyList<string> drift = host.FindDrift(guests);
            if (drift.Count > 0)
            {
                host.Restore(guests);
            }

            return drift;
        }
    }

    /// <summary>The names of taps that are ours, or that the filter knows as a VM's, without a VM that was attached here; one that is being joined or taken away can be among them.</summary>
    /// <exception cref="NetException">The kernel refused.</exception>
    internal IReadOnlyList<string> ListStrays() =>
    [
        .. ListTaps()
            .Union(GuestKey.ReadAll(_firewall.ListElements(NftFamily.Bridge, _settings.TableName, HostFirewall.GuestsSet)).Select(static guest => guest.TapName))
            .Where(name => name.StartsWith(_settings.TapPrefix, StringComparison.Ordinal) && !_attached.ContainsKey(name)),
    ];

    /// <summary>Takes over a VM that an earlier process attached and that lives; nothing is changed of it.</summary>
    /// <returns>False where its tap is gone, which no VMM gets back.</returns>
    /// <exception cref="ArgumentException">The name lacks the prefix or is not valid, an address cannot be a guest's, or the policy cannot be one.</exception>
    /// <exception cref="NetException">The kernel refused.</exception>
    public bool TryKeep(string tapName, MacAddress mac, IPAddress ip, NetworkSpec network)
    {
        ArgumentNullException.ThrowIfNull(network);
        ThrowIfInvalid(tapName, mac, ip);
        GuestRules guest = new(tapName, mac, ip, Checked(network));
        if (_route.GetLink(_settings.BridgeName) is not { } bridge || _route.GetLink(tapName) is not { } tap
            || !_settings.IsTapOf(bridge.Index, tap) || tap.Group != HostNetworkSettings.GroupOf(bridge.Index))
        {
            return false;
        }

        lock (_filter)
        {
            _attached[tapName] = guest;
            _byAddress[ip] = guest;
        }

        return true;
    }

    /// <summary>Removes what an earlier process left on the bridge and in the filter, but nothing of VMs that were kept or attached. Only while none is being joined.</summary>
    /// <returns>What was removed, in words.</returns>
    /// <remarks>
    /// Ours are the taps with our prefix in our groups, everything in our tables, and the kernel's memory of connections of our
    /// subnet's addresses. A tap that was not finished, or was kept ready, went with its process.
    /// </remarks>
    /// <exception cref="NetException">The kernel refused.</exception>
    public async Task<IReadOnlyList<string>> RemoveLeftoversAsync()
    {
        List<string> removed = [];
        if (_route.GetLink(_settings.BridgeName) is { } bridge)
        {
            uint group = HostNetworkSettings.DoomedGroupOf(bridge.Index);
            Link[] taps = [.. _route.ListLinks().Where(link => _settings.IsTapOf(bridge.Index, link) && !_attached.ContainsKey(link.Name))];
            await Task.WhenAll(taps.Select(tap => _removals.RemoveAsync(tap.Index, group, []))).ConfigureAwait(false);
            removed.AddRange(taps.Select(static tap => $"tap {tap.Name}"));
            foreach (Neighbour neighbour in _route.ListNeighbours().Where(entry => entry.LinkIndex == bridge.Index && entry.IsPermanent && _settings.Subnet.Contains(entry.Address)
                && !_byAddress.ContainsKey(entry.Address)))
            {
                _route.DeleteNeighbour(bridge.Index, neighbour.Address);
                removed.Add($"neighbour {neighbour.Address}");
            }
        }

        lock (_filter)
        {
            removed.AddRange(EmptyTables());
        }

        if (ForgetLeftConnections() is var connections and > 0)
        {
            removed.Add($"{connections} connections of VMs that are gone");
        }

        return removed;
    }

    private IEnumerable<string> EmptyTables()
    {
        IReadOnlyList<GuestRules> kept = Attached;
        foreach (NftTable table in (NftTable[])[HostFirewall.Inet(_settings, "", LivingElements.None), HostFirewall.Bridge(_settings, "", LivingElements.None)])
        {
            foreach (NftSet set in table.Sets.Where(static set => set.IsDynamic))
            {
                HashSet<(string, string)> wanted = [.. kept.SelectMany(static guest => guest.Elements())
                    .Where(part => part.Family == table.Family && part.Set == set.Name).SelectMany(static part => part.Elements).Select(Identity)];
                NftElement[] left = [.. _firewall.ListElements(table.Family, table.Name, set.Name).Where(element => !wanted.Contains(Identity(element)))];
                if (left.Length > 0)
                {
                    using NftTransaction change = new();
                    _generation.Commit(wanted.Count == 0
                        ? change.FlushSet(table.Family, table.Name, set.Name)
                        : change.DeleteElements(table.Family, table.Name, set.Name, left));
                    yield return $"{left.Length} elements of set {set.Name}";
                }
            }

            foreach (NftChain chain in _firewall.ListChains(table.Family, table.Name).Where(chain => GuestLimits.TryParse(chain.Name) is not null
                && kept.All(guest => guest.Limits?.ChainName != chain.Name)))
            {
                using NftTransaction delete = new();
                _generation.Commit(delete.FlushChain(table.Family, table.Name, chain.Name).DeleteChain(table.Family, table.Name, chain.Name));
                yield return $"chain {chain.Name}";
            }
        }
    }

    private static (string Key, string KeyEnd) Identity(NftElement element) =>
        (Convert.ToHexString(element.Key.Span), Convert.ToHexString(element.KeyEnd.Span));

    /// <summary>What the kernel's sets tell of a VM that another process attached.</summary>
    private GuestRules Read(GuestKey guest)
    {
        GuestRules rules = new(guest.TapName, guest.Mac, guest.Ip, new NetworkSpec { Policy = HostFirewall.PolicyOf(Verdict(HostFirewall.PoliciesMap, guest.Ip)) ?? NetworkPolicies.None });
        return GuestLimits.TryParse(Verdict(HostFirewall.LimitsMap, guest.Ip)) is { } limits
            ? rules with { Network = rules.Network with { UpKbps = limits.UpKbps, MaxConnections = limits.MaxConnections } }
            : rules;
    }

    private string? Verdict(string map, IPAddress ip)
    {
        byte[] key = ip.GetAddressBytes();
        return _firewall.ListElements(NftFamily.Inet, _settings.TableName, map).FirstOrDefault(element => element.Key.Span.SequenceEqual(key))?.Verdict?.Chain;
    }
}
