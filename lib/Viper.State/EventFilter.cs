namespace Viper.State;

/// <summary>Which events a reader wants.</summary>
public sealed record EventFilter
{
    /// <summary>Gets the wanted types; empty means all.</summary>
    public IReadOnlyCollection<string> Types { get; init; } = [];

    /// <summary>Gets the wanted VM's name; null means all, and those about no VM.</summary>
    public string? VmName { get; init; }
}
