namespace Viper.Contracts.Agent;

/// <summary>What a navigation came to.</summary>
public sealed record NavigateResult
{
    /// <summary>Gets the address where it ended, after redirects.</summary>
    public required string Url { get; init; }

    /// <summary>Gets the HTTP status of the document; null where there is none (<c>about:blank</c>, a fragment).</summary>
    public int? Status { get; init; }

    /// <summary>Gets a value indicating whether a new document was loaded; false for a step within the same one.</summary>
    public required bool Navigated { get; init; }
}
