namespace Viper.Contracts.Agent;

/// <summary>What <c>GET /content</c> and <c>GET /text</c> answer to who accepts JSON.</summary>
public sealed record ContentResult
{
    /// <summary>Gets the form.</summary>
    public required ContentFormat Format { get; init; }

    /// <summary>Gets the content.</summary>
    public required string Content { get; init; }
}
