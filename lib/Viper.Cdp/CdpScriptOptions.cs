namespace Viper.Cdp;

/// <summary>How a script is run in a page.</summary>
public sealed record CdpScriptOptions
{
    /// <summary>Gets a value indicating whether a promise is waited for; true unless said otherwise.</summary>
    public bool AwaitPromise { get; init; } = true;

    /// <summary>
    /// Gets the name of an isolated world of the main frame, which has the page's documents but none of its scripts' variables and
    /// none of what they replaced; null for the page's own world. The world is made when it is missing.
    /// </summary>
    public string? IsolatedWorld { get; init; }
}
