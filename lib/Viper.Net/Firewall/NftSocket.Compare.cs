using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

public sealed partial class NftSocket
{
    // The largest rule that the kernel takes has far fewer instructions than would fill this.
    private const int RuleBuffer = 64 * 1024;

    /// <summary>Compares what the kernel has with what a table is meant to hold.</summary>
    /// <returns>The differences, in words; empty when there is none.</returns>
    /// <remarks>
    /// Counters, handles, comments of rules and the elements of dynamic sets are left out; facts that a newer kernel adds
    /// to its answers are not differences.
    /// </remarks>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<string> Compare(NftTable expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (GetTable(expected.Family, expected.Name) is not { } table)
        {
            return [$"table {expected.Name} is missing"];
        }

        List<string> differences = [];
        if (table.Comment != expected.Comment)
        {
            differences.Add($"table {expected.Name} was made with other settings (comment '{table.Comment}')");
        }

        CompareChains(expected, differences);
        CompareRules(expected, differences);
        CompareSets(expected, differences);
        CompareObjects(expected, differences);
        return differences;
    }

    private void CompareChains(NftTable expected, List<string> differences)
    {
        Dictionary<string, NftChain> found = DumpChains(expected.Family, expected.Name).ToDictionary(chain => chain.Name);
        foreach (NftChain chain in expected.Chains)
        {
            if (!found.Remove(chain.Name, out NftChain? other))
            {
                differences.Add($"chain {chain.Name} is missing");
            }
            else if ((chain.Hook, chain.Priority, chain.Policy) != (other.Hook, other.Priority, other.Policy)
                || (chain.Hook is not null && chain.Type != other.Type))
            {
                differences.Add($"chain {chain.Name} has another hook, priority, type or policy");
            }
        }

        differences.AddRange(found.Keys.Select(name => $"chain {name} is not ours"));
    }

    private void CompareRules(NftTable expected, List<string> differences)
    {
        ILookup<string, RuleBytes> found = DumpRules(expected.Family, expected.Name).ToLookup(rule => rule.Chain);
        byte[] buffer = new byte[RuleBuffer];
        foreach (NftChain chain in expected.Chains)
        {
            RuleBytes[] others = [.. found[chain.Name]];
            if (others.Length != chain.Rules.Count)
            {
                differences.Add($"chain {chain.Name} has {others.Length} rules instead of {chain.Rules.Count}");
                continue;
            }

            for (int i = 0; i < others.Length; i++)
            {
                MessageWriter writer = new(buffer);
                RuleEncoder.WriteExpressions(ref writer, chain.Rules[i]);
                AttributeReader ours = new(writer.Written);
                ours.MoveNext();
                if (!RuleComparer.SameExpressions(ours.Value, others[i].Expressions))
                {
                    differences.Add($"rule {i + 1} of chain {chain.Name} was changed");
                }
            }
        }
    }

    private void CompareSets(NftTable expected, List<string> differences)
    {
        Dictionary<string, SetDescription> found = DumpSets(expected.Family, expected.Name).ToDictionary(set => set.Name);
        foreach (NftSet set in expected.Sets)
        {
            if (!found.TryGetValue(set.Name, out SetDescription? other))
            {
                differences.Add($"set {set.Name} is missing");
            }
            else if (!SameKind(set, other))
            {
                differences.Add($"set {set.Name} has another type of keys or values");
            }
            else if (!set.IsDynamic && !set.IsUpdatedByRules
                && !Content(ListElements(expected.Family, expected.Name, set.Name)).SetEquals(Content(set.Elements)))
            {
                differences.Add($"set {set.Name} has other elements");
            }
        }
    }

    private void CompareObjects(NftTable expected, List<string> differences)
    {
        if (expected.Objects.Count == 0)
        {
            return;
        }

        Dictionary<(string, NftObjectKind), NftObjectState> found =
            ListObjects(expected.Family, expected.Name).ToDictionary(item => (item.Name, item.Kind));
        foreach (NftObject item in expected.Objects)
        {
            ulong limit = item.Content switch
            {
                NftQuota quota => quota.Bytes,
                NftLimit rate => rate.Rate,
                _ => 0,
            };
            if (!found.TryGetValue((item.Name, item.Kind), out NftObjectState? other))
            {
                differences.Add($"object {item.Name} is missing");
            }
            else if (other.Limit != limit)
            {
                differences.Add($"object {item.Name} has another limit");
            }
        }
    }

    private static bool SameKind(NftSet set, SetDescription other) =>
        (set.Flags, set.TypeNumber, (uint)set.KeyLength) == (other.Flags, other.KeyType, other.KeyLength)
        && (set.DataTypeNumber ?? 0) == other.DataType
        && (uint)(set.ObjectKind ?? 0) == other.ObjectType
        && (ulong)(set.DefaultTimeout?.TotalMilliseconds ?? 0) == other.TimeoutMilliseconds;

    private static HashSet<string> Content(IEnumerable<NftElement> elements) =>
    [
        .. elements.Select(element => string.Join(
            ' ',
            Convert.ToHexString(element.Key.Span) + (element.IsRangeEnd ? "-" : "+"),
            Convert.ToHexString(element.KeyEnd.Span),
            Convert.ToHexString(element.Data.Span),
            element.Verdict?.Kind,
            element.Verdict?.Chain,
            element.ObjectName)),
    ];
}
