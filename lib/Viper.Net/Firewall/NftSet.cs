using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>A set of keys that rules look up at a cost that does not grow with its size.</summary>
public sealed record NftSet
{
    /// <summary>Its name within the table.</summary>
    public required string Name { get; init; }

    /// <summary>The parts of the key; more than one make a concatenation.</summary>
    public required IReadOnlyList<NftKeyType> Key { get; init; }

    /// <summary>True: elements are ranges (see <see cref="NftElement.OfNetworks"/>, and <see cref="NftElement.Range"/> for more than one part).</summary>
    public bool IsInterval { get; init; }

    /// <summary>The elements that it begins with.</summary>
    public IReadOnlyList<NftElement> Elements { get; init; } = [];

    /// <summary>True: elements come and go while it is in use, so a comparison leaves them out.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>True: a map whose values are verdicts.</summary>
    public bool IsVerdictMap { get; init; }

    /// <summary>The type of a map's values; None: no such map.</summary>
    public NftKeyType DataType { get; init; }

    /// <summary>The kind of the named objects that a map gives; null: no such map.</summary>
    public NftObjectKind? ObjectKind { get; init; }

    /// <summary>True: elements can have an end.</summary>
    public bool HasTimeouts { get; init; }

    /// <summary>How long an element stays that says nothing itself; null: for ever.</summary>
    public TimeSpan? DefaultTimeout { get; init; }

    /// <summary>True: each element counts what matched it.</summary>
    public bool HasCounters { get; init; }

    /// <summary>True: rules add elements, see <see cref="NftSetUpdate"/>.</summary>
    public bool IsUpdatedByRules { get; init; }

    /// <summary>The largest number of elements; 0: as many as fit, or 65,535 where rules add them.</summary>
    public uint Capacity { get; init; }

    internal uint Flags => (uint)(
        (IsInterval ? NftMessageConstants.NFT_SET_INTERVAL : 0)
        | (IsInterval && Key.Count > 1 ? NftMessageConstants.NFT_SET_CONCAT : 0)
        | (IsVerdictMap || DataType != NftKeyType.None ? NftMessageConstants.NFT_SET_MAP : 0)
        | (ObjectKind is not null ? NftMessageConstants.NFT_SET_OBJECT : 0)
        | (HasTimeouts || DefaultTimeout is not null ? NftMessageConstants.NFT_SET_TIMEOUT : 0)
        | (IsUpdatedByRules ? NftMessageConstants.NFT_SET_EVAL : 0));

    internal uint? DataTypeNumber => IsVerdictMap ? NftMessageConstants.NFT_DATA_VERDICT : DataType != NftKeyType.None ? (uint)DataType : null;

    internal uint EffectiveCapacity => Capacity == 0 && IsUpdatedByRules ? ushort.MaxValue : Capacity;

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
