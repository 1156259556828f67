namespace Viper.Bench;

/// <summary>Medians, and how far they can be trusted.</summary>
internal static class Statistics
{
    private const int Resamples = 10_000;
    private const double LowerTail = 0.05;

    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The value that the median of such a sample exceeds 95 times in 100: percentile bootstrap, seeded.</summary>
    public static double MedianLowerBound(IReadOnlyList<double> values)
    {
        Random random = new(20_26);
        double[] medians = new double[Resamples];
        double[] sample = new double[values.Count];
        for (int i = 0; i < Resamples; i++)
        {
            for (int j = 0; j < sample.Length; j++)
            {
                sample[j] = values[random.Next(values.Count)];
            }

            medians[i] = Median(sample);
        }

        Array.Sort(medians);
        return medians[(int)(Resamples * LowerTail)];
    }

    /// <summary>A row from interleaved rounds: ours and the floor's figure of each.</summary>
    public static BenchRow Paired(string name, string unit, IReadOnlyList<(double Ours, double Floor)> rounds, double? maxRatio)
    {
        double[] ratios = [.. rounds.Select(static r => r.Ours / r.Floor)];
        return new BenchRow
        {
            Name = name,
            Metric = "median",
            Unit = unit,
            Ours = Math.Round(Median([.. rounds.Select(static r => r.Ours)]), 1),
            Floor = Math.Round(Median([.. rounds.Select(static r => r.Floor)]), 1),
            Ratio = Math.Round(Median(ratios), 4),
            RatioLow = Math.Round(MedianLowerBound(ratios), 4),
            Rounds = rounds.Count,
            MaxRatio = maxRatio,
        };
    }

    /// <summary>A row that only reports.</summary>
    public static BenchRow Reported(string name, string unit, IReadOnlyList<double> values) => new()
    {
        Name = name,
        Metric = "median",
        Unit = unit,
        Ours = Math.Round(Median(values), 1),
        Rounds = values.Count,
    };
}
