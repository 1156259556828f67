namespace Viper.State;

/// <summary>Which VMs to list.</summary>
public sealed record VmQuery
{
    /// <summary>Gets the wanted status; null means all.</summary>
    public string? Status { get; init; }

    /// <summary>Gets the name after which the list goes on; null means from the start.</summary>
    public string? AfterName { get; init; }

    /// <summary>Gets the greatest number of VMs to give; at least 1.</summary>
    public int Limit { get; init; } = int.MaxValue;
}
