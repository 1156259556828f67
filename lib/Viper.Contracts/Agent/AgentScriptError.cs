namespace Viper.Contracts.Agent;

/// <summary>What a script in the page threw.</summary>
public sealed record AgentScriptError
{
    /// <summary>Gets its first line (<c>TypeError: a is not a function</c>).</summary>
    public required string Message { get; init; }

    /// <summary>Gets where it was thrown, where the page says so.</summary>
    public string? Stack { get; init; }
}
