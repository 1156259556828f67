using System.Text.Json.Serialization;

namespace Viper.Bench;

/// <summary>One line of a benchmark's result.</summary>
internal sealed record BenchRow
{
    public required string Name { get; init; }

    /// <summary>What was measured: <c>median</c>, <c>p50</c>, <c>p99</c>, <c>allocated</c> …</summary>
    public required string Metric { get; init; }

    public required string Unit { get; init; }

    /// <summary>Our figure, the median over the rounds.</summary>
    public required double Ours { get; init; }

    /// <summary>The floor's figure in the same rounds; null where there is none.</summary>
    public double? Floor { get; init; }

    /// <summary>The median of the rounds' own ratios.</summary>
    public double? Ratio { get; init; }

    /// <summary>The lower bound of that median with 95 % confidence, by bootstrap.</summary>
    public double? RatioLow { get; init; }

    public required int Rounds { get; init; }

    /// <summary>What <see cref="RatioLow"/> may be at most; null where the row only reports.</summary>
    public double? MaxRatio { get; init; }

    /// <summary>What <see cref="Ours"/> may be at most; null where the row only reports.</summary>
    public double? MaxValue { get; init; }

    [JsonIgnore]
    public bool IsMet => (MaxRatio is null || RatioLow <= MaxRatio) && (MaxValue is null || Ours <= MaxValue);
}
