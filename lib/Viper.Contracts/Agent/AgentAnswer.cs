namespace Viper.Contracts.Agent;

/// <summary>The answer of whatever is done to a page.</summary>
/// <typeparam name="T">What it came to.</typeparam>
public sealed record AgentAnswer<T>
{
    /// <summary>Gets the page, as it is afterwards.</summary>
    public required AgentPage Page { get; init; }

    /// <summary>Gets what it came to.</summary>
    public required T Result { get; init; }

    /// <summary>Gets how long it took, in milliseconds.</summary>
    public required long DurationMs { get; init; }
}
