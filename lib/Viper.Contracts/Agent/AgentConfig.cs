namespace Viper.Contracts.Agent;

/// <summary>What the host gives the agent in <c>/run/viper/config.json</c>; the file and each member may be absent.</summary>
public sealed record AgentConfig
{
    /// <summary>Gets further arguments of Chrome. Those that would take away its sandbox or open its DevTools address are refused.</summary>
    public IReadOnlyList<string>? ChromeArgs { get; init; }

    /// <summary>Gets the size of the window.</summary>
    public AgentViewport? Viewport { get; init; }

    /// <summary>Gets the user agent that Chrome sends.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Gets the language, for example <c>en-US</c>.</summary>
    public string? Locale { get; init; }

    /// <summary>Gets the page that Chrome opens at its start; none when null.</summary>
    public string? StartUrl { get; init; }
}
