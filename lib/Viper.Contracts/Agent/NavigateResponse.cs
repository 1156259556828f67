namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>POST /navigate</c>.</summary>
public sealed record NavigateResponse
{
    /// <summary>Gets the page that was navigated, as it is afterwards.</summary>
    public required AgentPage Page { get; init; }

    /// <summary>Gets what the navigation came to.</summary>
    public required NavigateResult Result { get; init; }

    /// <summary>Gets how long it took, in milliseconds.</summary>
    public required long DurationMs { get; init; }
}
