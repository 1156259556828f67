namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>GET /pages</c>.</summary>
public sealed record PageList
{
    /// <summary>Gets the pages, the active one first.</summary>
    public required IReadOnlyList<PageInfo> Pages { get; init; }
}
