using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Viper.Net.Firewall;

/// <summary>One part of a key, or of a range of keys, with its type.</summary>
public readonly struct NftKey
{
    private NftKey(NftKeyType type, byte[] from, byte[]? to = null)
    {
        Type = type;
        From = from;
        To = to ?? from;
    }

    /// <summary>What it is.</summary>
    public NftKeyType Type { get; }

    /// <summary>True: more than one value.</summary>
    public bool IsRange => !From.Span.SequenceEqual(To.Span);

    /// <summary>The only value, or the first one.</summary>
    public ReadOnlyMemory<byte> From { get; }

    /// <summary>The only value, or the last one.</summary>
    public ReadOnlyMemory<byte> To { get; }

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static NftKey Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new(address.AddressFamily == AddressFamily.InterNetwork ? NftKeyType.Ipv4Address : NftKeyType.Ipv6Address, address.GetAddressBytes());
    }

    /// <summary>Every address of a network.</summary>
    public static NftKey Of(IPNetwork network)
    {
        byte[] from = network.BaseAddress.GetAddressBytes();
        byte[] to = [.. from];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] |= (byte)(byte.MaxValue >> Math.Clamp(network.PrefixLength - (i * 8), 0, 8));
        }

        return new(from.Length == 4 ? NftKeyType.Ipv4Address : NftKeyType.Ipv6Address, from, to);
    }

    /// <summary>An Ethernet address.</summary>
    public static NftKey Of(MacAddress address) => new(NftKeyType.EthernetAddress, address.ToByteArray());

    /// <summary>A transport protocol.</summary>
    public static NftKey Of(ProtocolType protocol) => new(NftKeyType.Protocol, [(byte)protocol]);

    /// <summary>The name of a link.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static NftKey Link(string name) => new(NftKeyType.LinkName, NftElement.Name(name));

    /// <summary>A port.</summary>
    public static NftKey Port(ushort port) => Ports(port, port);

    /// <summary>The ports from one to another, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The last is before the first.</exception>
    public static NftKey Ports(ushort first, ushort last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        byte[] from = new byte[2];
        byte[] to = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(from, first);
        BinaryPrimitives.WriteUInt16BigEndian(to, last);
        return new(NftKeyType.Port, from, to);
    }

    /// <summary>A packet mark.</summary>
    public static NftKey Mark(uint mark)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, mark);
        return new(NftKeyType.Mark, bytes);
    }

    /// <summary>Every value of a type.</summary>
    public static NftKey Any(NftKeyType type)
    {
        byte[] to = new byte[NftElement.LengthOf(type)];
        to.AsSpan().Fill(byte.MaxValue);
        return new(type, new byte[to.Length], to);
    }
}
