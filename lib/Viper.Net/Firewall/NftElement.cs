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

    /// <summary>The last key of a range in a set of concatenated ranges; empty elsewhere.</summary>
    public ReadOnlyMemory<byte> KeyEnd { get; init; }

    /// <summary>How long it stays, in a set whose elements time out; null takes the set's own time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long it still stays; only in what was read back.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>What a verdict map says of this key.</summary>
    public NftVerdict? Verdict { get; init; }

    /// <summary>What a map says of this key; empty elsewhere.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The named object that a map of objects gives for this key.</summary>
    public string? ObjectName { get; init; }

    /// <summary>What passed, in a set that counts for each element; only in what was read back.</summary>
    public NftCount? Count { get; init; }

    /// <summary>An element of one or more parts, each of one value.</summary>
    /// <exception cref="ArgumentException">A part is a range.</exception>
    public static NftElement Of(params ReadOnlySpan<NftKey> parts)
    {
        foreach (NftKey part in parts)
        {
            if (part.IsRange)
            {
                throw new ArgumentException("A part of the key is a range; use Range, in a set of intervals.", nameof(parts));
            }
        }

        return new NftElement(Concatenate(parts, last: false));
    }

    /// <summary>An element of a set of concatenated ranges: each part is a range or one value.</summary>
    /// <exception cref="ArgumentException">There are fewer than two parts; use <see cref="OfNetworks"/> or <see cref="OfPorts"/> then.</exception>
    public static NftElement Range(params ReadOnlySpan<NftKey> parts) => parts.Length > 1
        ? new NftElement(Concatenate(parts, last: false)) { KeyEnd = Concatenate(parts, last: true) }
        : throw new ArgumentException("A range of one part is two elements, one of them an end.", nameof(parts));

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

        return Edges(ranges, width: 4);
    }

    /// <summary>The elements of a set of intervals that hold ports.</summary>
    public static IReadOnlyList<NftElement> OfPorts(IEnumerable<(ushort First, ushort Last)> ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return Edges([.. ports.Select(range => ((ulong)range.First, range.Last + 1UL))], width: 2);
    }

    private static List<NftElement> Edges(List<(ulong From, ulong End)> ranges, int width)
    {
        ranges.Sort();
        ulong beyond = 1UL << (width * 8);
        List<NftElement> elements = [];
        foreach ((ulong from, ulong end) in Merge(ranges))
        {
            if (elements.Count == 0 && from != 0)
            {
                // The kernel's tree begins with a closed edge when zero is in no range; nft expects to find it.
                elements.Add(new NftElement(new byte[width], IsRangeEnd: true));
            }

            elements.Add(new NftElement(Bytes(from, width)));
            if (end < beyond)
            {
                elements.Add(new NftElement(Bytes(end, width), IsRangeEnd: true));
            }
        }

        return elements;
    }

    internal static int LengthOf(NftKeyType type) => type switch
    {
        NftKeyType.Ipv4Address => 4,
        NftKeyType.EthernetAddress => MacAddress.Length,
        NftKeyType.Ipv6Address => 16,
        NftKeyType.Protocol => 1,
        NftKeyType.Mark => 4,
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

    private static byte[] Bytes(ulong number, int width)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes[^width..];
    }

    private static byte[] Concatenate(ReadOnlySpan<NftKey> parts, bool last)
    {
        if (parts.Length == 1)
        {
            return parts[0].From.ToArray();
        }

        int length = 0;
        foreach (NftKey part in parts)
        {
            length += Padded(part.From.Length);
        }

        byte[] key = new byte[length];
        int at = 0;
        foreach (NftKey part in parts)
        {
            ReadOnlySpan<byte> value = (last ? part.To : part.From).Span;
            value.CopyTo(key.AsSpan(at));
            at += Padded(value.Length);
        }

        return key;
    }

    private static int Padded(int length) => (length + 3) & ~3;
}
