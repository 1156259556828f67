namespace Viper.Net.Firewall;

/// <summary>A chain and its rules; with a hook it is a base chain, without it only jumps reach it.</summary>
public sealed record NftChain
{
    /// <summary>Its name within the table.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands; null for a chain that is jumped to.</summary>
    public NftHook? Hook { get; init; }

    /// <summary>Its place among the chains of the hook; lower is earlier. 0 is "filter", 100 "srcnat"; in bridges -200 is "filter".</summary>
    public int Priority { get; init; }

    /// <summary><c>filter</c> or <c>nat</c>.</summary>
    public string Type { get; init; } = "filter";

    /// <summary>What happens to packets that no rule decided: accept or drop.</summary>
    public NftVerdictKind Policy { get; init; } = NftVerdictKind.Accept;

    /// <summary>The rules, in order.</summary>
    public IReadOnlyList<NftRule> Rules { get; init; } = [];
}
