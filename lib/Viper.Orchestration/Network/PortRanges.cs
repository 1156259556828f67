namespace Viper.Orchestration.Network;

/// <summary>Ranges of ports as sorted lists without overlap.</summary>
internal static class PortRanges
{
    /// <summary>The same ports in as few ranges as they need.</summary>
    internal static List<(int First, int Last)> Union(IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> merged = [];
        foreach ((int first, int last) in ranges.Order())
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return merged;
    }

    /// <summary>The ports of one list that are not in the other.</summary>
    internal static List<(int First, int Last)> Except(IEnumerable<(int First, int Last)> ranges, IEnumerable<(int First, int Last)> taken)
    {
        List<(int First, int Last)> left = Union(ranges);
        foreach ((int first, int last) in taken)
        {
            left =
            [
                .. left.SelectMany(range => new[] { (range.First, Math.Min(range.Last, first - 1)), (Math.Max(range.First, last + 1), range.Last) })
                    .Where(static range => range.Item1 <= range.Item2)
                    .Distinct(),
            ];
        }

        return left;
    }
}
