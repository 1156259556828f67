namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>GET /processes</c>.</summary>
public sealed record GuestProcessList
{
    /// <summary>Gets the programs that run and those that ended lately, in the order of their start.</summary>
    public required IReadOnlyList<GuestProcessInfo> Processes { get; init; }
}
