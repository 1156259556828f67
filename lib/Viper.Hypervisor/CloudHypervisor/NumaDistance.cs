namespace Viper.Hypervisor;

/// <summary>How far one NUMA node is from another.</summary>
public sealed record NumaDistance
{
    /// <summary>The other node.</summary>
    public required long Destination { get; init; }

    /// <summary>The distance, 10 to 255; 10 is the node itself.</summary>
    public required int Distance { get; init; }
}
