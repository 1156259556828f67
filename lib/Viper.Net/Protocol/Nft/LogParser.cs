using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Reads <c>NFULNL_MSG_PACKET = nfgenmsg, NFULA_*</c> (linux/netfilter/nfnetlink_log.h).</summary>
internal static class LogParser
{
    internal static LoggedPacket? Parse(int type, ReadOnlySpan<byte> payload)
    {
        if (type != ((LogConstants.NFNL_SUBSYS_ULOG << 8) | LogConstants.NFULNL_MSG_PACKET) || payload.Length < Unsafe.SizeOf<nfgenmsg>())
        {
            return null;
        }

        string prefix = "";
        nfulnl_msg_packet_hdr packet = default;
        uint mark = 0;
        int? input = null;
        int? output = null;
        int? inputPort = null;
        int? outputPort = null;
        byte[] header = [];
        byte[] content = [];
        AttributeReader attributes = AttributeReader.After<nfgenmsg>(payload);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case LogConstants.NFULA_PACKET_HDR when attributes.Value.Length >= Unsafe.SizeOf<nfulnl_msg_packet_hdr>():
                    packet = MemoryMarshal.Read<nfulnl_msg_packet_hdr>(attributes.Value);
                    break;
                case LogConstants.NFULA_PREFIX:
                    prefix = attributes.Text;
                    break;
                case LogConstants.NFULA_MARK:
                    mark = attributes.UInt32BigEndian ?? 0;
                    break;
                case LogConstants.NFULA_IFINDEX_INDEV:
                    input = (int?)attributes.UInt32BigEndian;
                    break;
                case LogConstants.NFULA_IFINDEX_OUTDEV:
                    output = (int?)attributes.UInt32BigEndian;
                    break;
                case LogConstants.NFULA_IFINDEX_PHYSINDEV:
                    inputPort = (int?)attributes.UInt32BigEndian;
                    break;
                case LogConstants.NFULA_IFINDEX_PHYSOUTDEV:
                    outputPort = (int?)attributes.UInt32BigEndian;
                    break;
                case LogConstants.NFULA_HWHEADER:
                    header = attributes.Value.ToArray();
                    break;
                case LogConstants.NFULA_PAYLOAD:
                    content = attributes.Value.ToArray();
                    break;
                default:
                    break;
            }
        }

        return new LoggedPacket
        {
            Prefix = prefix,
            EtherType = BinaryPrimitives.ReverseEndianness(packet.hw_protocol),
            Hook = packet.hook,
            Mark = mark,
            InputIndex = input,
            OutputIndex = output,
            InputPortIndex = inputPort,
            OutputPortIndex = outputPort,
            LinkHeader = header,
            Payload = content,
        };
    }
}
