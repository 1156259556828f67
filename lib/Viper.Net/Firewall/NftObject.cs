namespace Viper.Net.Firewall;

/// <summary>A counter, quota or limit with a name of its own, which several rules or elements of a map can share.</summary>
/// <param name="Name">Its name within the table and kind.</param>
/// <param name="Content">An <see cref="NftCounter"/>, <see cref="NftQuota"/> or <see cref="NftLimit"/>.</param>
public sealed record NftObject(string Name, NftExpression Content)
{
    /// <summary>What it is.</summary>
    /// <exception cref="ArgumentException">The content cannot stand alone.</exception>
    public NftObjectKind Kind => Content switch
    {
        NftCounter => NftObjectKind.Counter,
        NftQuota => NftObjectKind.Quota,
        NftLimit => NftObjectKind.Limit,
        _ => throw new ArgumentException($"A {Content.Name} cannot be an object with a name."),
    };
}
