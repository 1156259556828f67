namespace Viper.Contracts.Agent;

/// <summary>A page of the guest's Chrome, in the list of them.</summary>
public sealed record PageInfo
{
    /// <summary>Gets its id, by which paths name it (<c>/pages/{id}/…</c>).</summary>
    public required string Id { get; init; }

    /// <summary>Gets the id of its DevTools target.</summary>
    public required string TargetId { get; init; }

    /// <summary>Gets its address.</summary>
    public required string Url { get; init; }

    /// <summary>Gets its title.</summary>
    public required string Title { get; init; }

    /// <summary>Gets a value indicating whether it is the page that paths without a page mean: the one that was opened or activated last.</summary>
    public required bool Active { get; init; }
}
