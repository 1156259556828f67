namespace Viper.Contracts.Agent;

/// <summary>What was waited for has come.</summary>
public sealed record WaitResult
{
    /// <summary>Gets the member of the request that named it (<c>selector</c>).</summary>
    public required string Waited { get; init; }
}
