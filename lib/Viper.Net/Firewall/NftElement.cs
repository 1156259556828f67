using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>A key in a set, or an edge of a range in an interval set.</summary>
/// <param name="Key">The key's bytes, parts padded to four bytes each in a concatenation.</param>
/// <param name="IsRangeEnd">True: the range that began before ends in front of this key.</param>
public sealed record NftElement(ReadOnlyMemory<byte> Key, bool IsRangeEnd = false)
{
    private const int PaddedMac = 8;

    /// <summary>The key of one IPv4 address.</summary>
    /// <exception cref="ArgumentException">It is not an IPv4 address.</exception>
    public static NftElement Of(IPAddress address) => new(Bytes(address));

    /// <summary>A key of three parts: a link, an Ethernet and an IPv4 address.</summary>
    /// <exception cref="ArgumentException">A part is not valid.</exception>
    public static NftElement Of(string linkName, MacAddress mac, IPAddress address)
    {
        byte[] key = new byte[LinkConstants.IFNAMSIZ + PaddedMac + 4];
        Name(linkName).CopyTo(key, 0);
        mac.CopyTo(key.AsSpan(LinkConstants.IFNAMSIZ));
        Bytes(address).CopyTo(key, LinkConstants.IFNAMSIZ + PaddedMac);
        return new NftElement(key);
    }

    /// <summary>The key of the name of a link.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static NftElement OfLink(string linkName) => new(Name(linkName));

    /// <summary>The edges of IPv4 networks for an interval set: sorted, and merged where they touch or overlap.</summary>
    /// <exception cref="ArgumentException">One is not an IPv4 network.</exception>
    public static IReadOnlyList<NftElement> OfNetworks(IEnumerable<IPNetwork> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        List<(ulong From, ulong End)> ranges = [];
        foreach (IPNetwork network in networks)
        {
            ulong from = BinaryPrimitives.ReadUInt32BigEndian(Bytes(network.BaseAddress));
            ranges.Add((from, from + (1UL << (32 - network.PrefixLength))));
        }

        ranges.Sort();
        List<NftElement> elements = [];
        foreach ((ulong from, ulong end) in Merge(ranges))
        {
            if (elements.Count == 0 && from != 0)
            {
                // The kernel's tree begins with a closed edge when zero is in no range; nft expects to find it.
                elements.Add(new NftElement(new byte[4], IsRangeEnd: true));
            }

            elements.Add(new NftElement(Bytes((uint)from)));
            if (end <= uint.MaxValue)
            {
                elements.Add(new NftElement(Bytes((uint)end), IsRangeEnd: true));
            }
        }

        return elements;
    }

    internal static int LengthOf(NftKeyType type) => type switch
    {
        NftKeyType.Ipv4Address => 4,
        NftKeyType.EthernetAddress => MacAddress.Length,
        NftKeyType.Port => 2,
        NftKeyType.LinkName => LinkConstants.IFNAMSIZ,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of key"),
    };

    internal static byte[] Name(string linkName)
    {
        LinkName.ThrowIfInvalid(linkName, nameof(linkName));
        byte[] name = new byte[LinkConstants.IFNAMSIZ];
        Encoding.UTF8.GetBytes(linkName, name);
        return name;
    }

    private static List<(ulong From, ulong End)> Merge(List<(ulong From, ulong End)> sorted)
    {
        List<(ulong From, ulong End)> merged = [];
        foreach ((ulong from, ulong end) in sorted)
        {
            if (merged.Count > 0 && from <= merged[^1].End)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].End, end));
            }
            else
            {
                merged.Add((from, end));
            }
        }

        return merged;
    }

    private static byte[] Bytes(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes()
            : throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
    }

    private static byte[] Bytes(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
