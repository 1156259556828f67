namespace Viper.State;

/// <summary>Which long requests to list.</summary>
public sealed record OperationQuery
{
    /// <summary>Gets the wanted status; null means all.</summary>
    public OperationStatus? Status { get; init; }

    /// <summary>Gets the name of the wanted VM; null means all.</summary>
    public string? VmName { get; init; }

    /// <summary>Gets the id after which the list goes on; null means from the start.</summary>
    public string? AfterId { get; init; }

    /// <summary>Gets the greatest number to give; at least 1.</summary>
    public int Limit { get; init; } = int.MaxValue;
}
