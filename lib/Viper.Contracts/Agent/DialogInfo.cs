namespace Viper.Contracts.Agent;

/// <summary>A dialog that a page opened.</summary>
public sealed record DialogInfo
{
    /// <summary>Gets its kind: <c>alert</c>, <c>confirm</c>, <c>prompt</c> or <c>beforeunload</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Gets what it said.</summary>
    public required string Message { get; init; }
}
