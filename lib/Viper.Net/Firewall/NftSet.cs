namespace Viper.Net.Firewall;

/// <summary>A set of keys that rules look up at a cost that does not grow with its size.</summary>
public sealed record NftSet
{
    /// <summary>Its name within the table.</summary>
    public required string Name { get; init; }

    /// <summary>The parts of the key; more than one make a concatenation.</summary>
    public required IReadOnlyList<NftKeyType> Key { get; init; }

    /// <summary>True: elements are ranges; the key then has one part.</summary>
    public bool IsInterval { get; init; }

    /// <summary>The elements that it begins with.</summary>
    public IReadOnlyList<NftElement> Elements { get; init; } = [];

    /// <summary>True: elements come and go while it is in use, so a comparison leaves them out.</summary>
    public bool IsDynamic { get; init; }

    internal uint TypeNumber
    {
        get
        {
            // A concatenation is written as six bits a part (nftables, include/datatype.h).
            uint number = 0;
            foreach (NftKeyType part in Key)
            {
                number = (number << 6) | (uint)part;
            }

            return number;
        }
    }

    internal int KeyLength => Key.Count == 1 ? NftElement.LengthOf(Key[0]) : Key.Sum(part => (NftElement.LengthOf(part) + 3) & ~3);
}
