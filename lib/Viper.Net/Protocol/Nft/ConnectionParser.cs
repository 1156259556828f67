using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Reads <c>IPCTNL_MSG_CT_NEW = nfgenmsg, CTA_TUPLE_ORIG, CTA_TUPLE_REPLY, CTA_ID, [CTA_ZONE], …</c> (linux/netfilter/nfnetlink_conntrack.h).</summary>
internal static class ConnectionParser
{
    private const int New = (ConntrackConstants.NFNL_SUBSYS_CTNETLINK << 8) | ConntrackConstants.IPCTNL_MSG_CT_NEW;

    /// <summary>An IPv4 connection that is wanted; null for everything else.</summary>
    internal static TrackedConnection? Parse(int type, ReadOnlySpan<byte> payload, Func<uint, bool>? isWanted)
    {
        if (type != New || payload.Length < Unsafe.SizeOf<nfgenmsg>() || payload[0] != NftMessageConstants.NFPROTO_IPV4)
        {
            return null;
        }

        ReadOnlySpan<byte> original = default;
        ReadOnlySpan<byte> reply = default;
        uint id = 0;
        ushort zone = 0;
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case ConntrackConstants.CTA_TUPLE_ORIG:
                    original = attributes.Value;
                    break;
                case ConntrackConstants.CTA_TUPLE_REPLY:
                    reply = attributes.Value;
                    break;
                case ConntrackConstants.CTA_ID:
                    id = attributes.UInt32BigEndian ?? 0;
                    break;
                case ConntrackConstants.CTA_ZONE:
                    zone = attributes.Value.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(attributes.Value) : (ushort)0;
                    break;
                default:
                    break;
            }
        }

        // Looked at before anything is made of it: a host's table can be long.
        if (Addresses(original) is not var (source, destination) || Addresses(reply) is not var (replySource, replyDestination)
            || (isWanted is not null && !isWanted(source) && !isWanted(destination) && !isWanted(replySource) && !isWanted(replyDestination)))
        {
            return null;
        }

        return new TrackedConnection(Tuple(original, source, destination), Tuple(reply, replySource, replyDestination), id, zone)
        {
            OriginalBytes = original.ToArray(),
        };
    }

    private static (uint Source, uint Destination)? Addresses(ReadOnlySpan<byte> tuple)
    {
        uint? source = null;
        uint? destination = null;
        AttributeReader parts = new(tuple);
        while (parts.MoveNext())
        {
            if (parts.Type != ConntrackConstants.CTA_TUPLE_IP)
            {
                continue;
            }

            AttributeReader addresses = new(parts.Value);
            while (addresses.MoveNext())
            {
                switch (addresses.Type)
                {
                    case ConntrackConstants.CTA_IP_V4_SRC:
                        source = addresses.UInt32BigEndian;
                        break;
                    case ConntrackConstants.CTA_IP_V4_DST:
                        destination = addresses.UInt32BigEndian;
                        break;
                    default:
                        break;
                }
            }
        }

        return source is { } from && destination is { } to ? (from, to) : null;
    }

    private static ConnectionTuple Tuple(ReadOnlySpan<byte> tuple, uint source, uint destination)
    {
        int protocol = 0;
        int? sourcePort = null;
        int? destinationPort = null;
        AttributeReader parts = new(tuple);
        while (parts.MoveNext())
        {
            if (parts.Type != ConntrackConstants.CTA_TUPLE_PROTO)
            {
                continue;
            }

            AttributeReader facts = new(parts.Value);
            while (facts.MoveNext())
            {
                switch (facts.Type)
                {
                    case ConntrackConstants.CTA_PROTO_NUM:
                        protocol = facts.Byte ?? 0;
                        break;
                    case ConntrackConstants.CTA_PROTO_SRC_PORT:
                        sourcePort = Port(facts.Value);
                        break;
                    case ConntrackConstants.CTA_PROTO_DST_PORT:
                        destinationPort = Port(facts.Value);
                        break;
                    default:
                        break;
                }
            }
        }

        return new ConnectionTuple
        {
            Source = Address(source),
            Destination = Address(destination),
            Protocol = (ProtocolType)protocol,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
        };
    }

    private static int? Port(ReadOnlySpan<byte> value) => value.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(value) : null;

    private static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
