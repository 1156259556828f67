namespace Viper.Client;

/// <summary>Which events to watch.</summary>
public sealed record EventQuery
{
    /// <summary>The last event already seen; null for new ones only.</summary>
    public long? After { get; init; }

    /// <summary>Only events about this name; null for all.</summary>
    public string? Vm { get; init; }

    /// <summary>Only events of these types; empty for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
}
