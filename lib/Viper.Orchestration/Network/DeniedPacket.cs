using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>Says what a packet was that the filter denied.</summary>
internal static class DeniedPacket
{
    private const ushort Ipv4 = 0x0800;
    private const ushort Arp = 0x0806;
    private const int Ipv4Header = 20;
    private const int Ipv4ProtocolOffset = 9;
    private const int Ipv4SourceOffset = 12;
    private const int Ipv4DestinationOffset = 16;
    private const int FragmentOffset = 6;
    private const int FragmentMask = 0x1fff;
    private const int ArpSourceOffset = 14;
    private const int ArpTargetOffset = 24;
    private const int ArpLength = 28;

    /// <summary>The sender that an IPv4 packet names; null for others.</summary>
    internal static IPAddress? SourceOf(LoggedPacket packet) =>
        IsIpv4(packet) ? new IPAddress(packet.Payload.Span.Slice(Ipv4SourceOffset, 4)) : null;

    /// <summary>Describes a packet of a guest; whatever its bytes are, something is said.</summary>
    internal static NetworkDeniedData Describe(LoggedPacket packet, IPAddress guest)
    {
        ReadOnlySpan<byte> bytes = packet.Payload.Span;
        if (packet.EtherType == Arp && bytes.Length >= ArpLength)
        {
            return new NetworkDeniedData
            {
                Reason = packet.Prefix,
                Protocol = "arp",
                Source = Other(new IPAddress(bytes.Slice(ArpSourceOffset, 4)), guest),
                Destination = new IPAddress(bytes.Slice(ArpTargetOffset, 4)).ToString(),
            };
        }

        return IsIpv4(packet)
            ? new NetworkDeniedData
            {
                Reason = packet.Prefix,
                Protocol = NameOf(bytes[Ipv4ProtocolOffset]),
                Source = Other(new IPAddress(bytes.Slice(Ipv4SourceOffset, 4)), guest),
                Destination = new IPAddress(bytes.Slice(Ipv4DestinationOffset, 4)).ToString(),
                Port = PortOf(bytes),
            }
            : new NetworkDeniedData { Reason = packet.Prefix, Protocol = string.Create(CultureInfo.InvariantCulture, $"ethernet 0x{packet.EtherType:x4}") };
    }

    private static bool IsIpv4(LoggedPacket packet) =>
        packet.EtherType is Ipv4 or 0 && packet.Payload.Length >= Ipv4Header && packet.Payload.Span[0] >> 4 == 4;

    private static string? Other(IPAddress claimed, IPAddress guest) => claimed.Equals(guest) ? null : claimed.ToString();

    private static string NameOf(byte protocol) => (ProtocolType)protocol switch
    {
        ProtocolType.Tcp => "tcp",
        ProtocolType.Udp => "udp",
        ProtocolType.Icmp => "icmp",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    private static int? PortOf(ReadOnlySpan<byte> bytes)
    {
        int header = (bytes[0] & 0x0f) * 4;
        bool isFirst = (BinaryPrimitives.ReadUInt16BigEndian(bytes[FragmentOffset..]) & FragmentMask) == 0;
        return isFirst && (ProtocolType)bytes[Ipv4ProtocolOffset] is ProtocolType.Tcp or ProtocolType.Udp && header >= Ipv4Header && bytes.Length >= header + 4
            ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(header + 2)..])
            : null;
    }
}
