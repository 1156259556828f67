namespace Viper.Hypervisor;

/// <summary>CPU features that have a price and are given only on request.</summary>
public sealed record CpuFeatures
{
    /// <summary>Whether the guest sees Intel AMX.</summary>
    public bool? Amx { get; init; }
}
