namespace Viper.Net.Firewall;

/// <summary>What a counter has seen.</summary>
public readonly record struct NftCount(ulong Packets, ulong Bytes)
{
    /// <summary>What two counters have seen together.</summary>
    public static NftCount operator +(NftCount left, NftCount right) => Add(left, right);

    /// <summary>What two counters have seen together.</summary>
    public static NftCount Add(NftCount left, NftCount right) => new(left.Packets + right.Packets, left.Bytes + right.Bytes);
}
