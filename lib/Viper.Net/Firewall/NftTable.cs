namespace Viper.Net.Firewall;

/// <summary>A whole table: what it is meant to hold.</summary>
public sealed record NftTable
{
    /// <summary>The packets that it sees.</summary>
    public required NftFamily Family { get; init; }

    /// <summary>Its name within the family.</summary>
    public required string Name { get; init; }

    /// <summary>Shown by <c>nft list</c>; at most 127 bytes of UTF-8.</summary>
    public string? Comment { get; init; }

    /// <summary>Its named counters, quotas and limits.</summary>
    public IReadOnlyList<NftObject> Objects { get; init; } = [];

    /// <summary>The sets.</summary>
    public IReadOnlyList<NftSet> Sets { get; init; } = [];

    /// <summary>The chains.</summary>
    public IReadOnlyList<NftChain> Chains { get; init; } = [];
}
