namespace Viper.Contracts;

/// <summary>What an event of the type <see cref="VmEventTypes.LeftoverRemoved"/> or <see cref="VmEventTypes.NetworkRepaired"/> tells.</summary>
public sealed record LeftoverData
{
    /// <summary>What was removed or put back, in words.</summary>
    public required string What { get; init; }
}
