namespace Viper.Contracts.Agent;

/// <summary>A page of the guest's Chrome.</summary>
public sealed record AgentPage
{
    /// <summary>Gets its id, which is also the id of its DevTools target.</summary>
    public required string Id { get; init; }

    /// <summary>Gets its address.</summary>
    public required string Url { get; init; }

    /// <summary>Gets its title.</summary>
    public required string Title { get; init; }
}
