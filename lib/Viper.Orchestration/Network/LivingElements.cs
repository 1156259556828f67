using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>What VMs have in the sets of a table: the part of it that comes and goes.</summary>
internal sealed class LivingElements
{
    private readonly Dictionary<string, IReadOnlyList<NftElement>> _bySet;

    private LivingElements(Dictionary<string, IReadOnlyList<NftElement>> bySet) => _bySet = bySet;

    /// <summary>No VM.</summary>
    internal static LivingElements None { get; } = new([]);

    /// <summary>What the VMs that we know should have.</summary>
    internal static LivingElements Of(NftFamily family, IEnumerable<GuestRules> guests)
    {
        Dictionary<string, List<NftElement>> all = [];
        foreach ((NftFamily of, string set, IReadOnlyList<NftElement> elements) in guests.SelectMany(static guest => guest.Elements()))
        {
            if (of == family)
            {
                (all.TryGetValue(set, out List<NftElement>? known) ? known : all[set] = []).AddRange(elements);
            }
        }

        return new(all.ToDictionary(static pair => pair.Key, static IReadOnlyList<NftElement> (pair) => pair.Value));
    }

    /// <summary>What the kernel holds, whoever put it there.</summary>
    /// <param name="firewall">The filter.</param>
    /// <param name="table">The table as it is without VMs.</param>
    /// <param name="limitsOnly">Whether only that is read which makes chains; it does not grow with VMs that have no limits.</param>
    internal static LivingElements Read(NftSocket firewall, NftTable table, bool limitsOnly = false) => new(table.Sets
        .Where(set => set.IsDynamic && (!limitsOnly || set.Name == HostFirewall.LimitsMap))
        .ToDictionary(static set => set.Name, set => firewall.ListElements(table.Family, table.Name, set.Name)));

    /// <summary>The set with its elements.</summary>
    internal NftSet Fill(NftSet set) =>
        set.IsDynamic && _bySet.TryGetValue(set.Name, out IReadOnlyList<NftElement>? elements) ? set with { Elements = elements } : set;

    /// <summary>The chains of those VMs that have limits.</summary>
    internal IEnumerable<NftChain> LimitChains() =>
        (_bySet.TryGetValue(HostFirewall.LimitsMap, out IReadOnlyList<NftElement>? elements) ? elements : [])
            .Select(static element => GuestLimits.TryParse(element.Verdict?.Chain)).OfType<GuestLimits>().Select(static limits => limits.ToChain());

    /// <summary>Whether all of it is in the other one too.</summary>
    internal bool IsWithin(LivingElements other) => _bySet.All(pair =>
        other._bySet.TryGetValue(pair.Key, out IReadOnlyList<NftElement>? there)
        && pair.Value.Select(Text).ToHashSet().IsSubsetOf(there.Select(Text)));

    private static string Text(NftElement element) =>
        $"{Convert.ToHexString(element.Key.Span)} {Convert.ToHexString(element.KeyEnd.Span)} {element.Verdict?.Chain}";
}
