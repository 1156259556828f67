using Viper.Net.Firewall;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;
using Viper.Net.Protocol.Route;

namespace Viper.Net.Tests.Protocol;

/// <summary>No bytes, however cut or changed, make a reader throw anything or read beyond its buffer.</summary>
public sealed class ReaderRobustnessTests
{
    private const int Mutations = 10_000;
    private const int Seed = 20_261_120;

    public static TheoryData<string> Readers => ["link", "address", "route", "neighbour", "forwarding", "routing rule", "queue", "class", "filter", "log", "object", "counted rule", "map elements", "event", "table", "chain", "rule", "set", "elements", "error", "done", "names", "connection", "generation"];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_CutAtEveryLength_NeverThrows(string reader)
    {
        byte[] whole = Sample(reader);
        for (int length = 0; length <= whole.Length; length++)
        {
            // An array of exactly that length: one byte beyond would throw.
            Read(reader, whole[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_SeededMutations_NeverThrow(string reader)
    {
        byte[] whole = Sample(reader);
        Random random = new(Seed);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = whole[..random.Next(whole.Length + 1)];
            for (int change = random.Next(1, 6); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Read(reader, bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_Whole_FindsItsContent(string reader)
    {
        object? value = Read(reader, Sample(reader));
        Assert.NotNull(value);
    }

    [Fact]
    public void MessageReader_CutAtEveryLength_EndsOrSaysMalformed()
    {
        byte[] whole = [.. Datagram.Link(1, 1, "one"), .. Datagram.Link(1, 2, "two")];
        for (int length = 0; length <= whole.Length; length++)
        {
            MessageReader reader = new(whole.AsSpan(0, length));
            int count = 0;
            while (reader.MoveNext())
            {
                count++;
            }

            bool atABoundary = length == 0 || length == whole.Length / 2 || length == whole.Length;
            Assert.Equal(!atABoundary, reader.IsMalformed);
            Assert.Equal(length / (whole.Length / 2), count);
        }
    }

    [Fact]
    public void MessageReader_LastMessageWithoutPadding_IsRead()
    {
        byte[] message = new byte[21];
        MessageWriter writer = new(new byte[64]);
        writer.BeginMessage(16, 0, 1, default(byte));
        writer.EndMessage();
        writer.Written[..20].CopyTo(message);
        message[0] = 17;

        MessageReader reader = new(message.AsSpan(0, 17));

        Assert.True(reader.MoveNext());
        Assert.Equal(1, reader.Payload.Length);
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void AttributeReader_LastAttributeWithoutPadding_IsRead()
    {
        AttributeReader reader = new(Convert.FromHexString("0500010009"));

        Assert.True(reader.MoveNext());
        Assert.Equal((byte)9, reader.Byte);
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    private static byte[] Sample(string reader)
    {
        byte[] buffer = new byte[4096];
        MessageWriter writer = new(buffer);
        switch (reader)
        {
            case "names":
                return Datagram.Link(1, 5, "vt01");
            case "link":
                return Datagram.Link(1, 5, "vt01")[16..];
            case "error":
                return Datagram.Error(1, 22, "no such thing", 36)[16..];
            case "done":
                return Datagram.Done(1, 4)[16..];
            case "address":
                writer.Structure(new ifaddrmsg { ifa_family = 2, ifa_prefixlen = 24, ifa_index = 3 });
                writer.Attribute(AddressConstants.IFA_ADDRESS, [192, 0, 2, 1]);
                writer.Attribute(AddressConstants.IFA_LOCAL, [192, 0, 2, 1]);
                break;
            case "route":
                writer.Structure(new rtmsg { rtm_family = 2, rtm_dst_len = 24, rtm_table = 254, rtm_type = 1 });
                writer.Attribute(AddressConstants.RTA_DST, [192, 0, 2, 0]);
                writer.Attribute(AddressConstants.RTA_GATEWAY, [198, 51, 100, 1]);
                writer.AttributeInt32(AddressConstants.RTA_OIF, 3);
                writer.AttributeUInt32(AddressConstants.RTA_PRIORITY, 100);
                break;
            case "neighbour" or "forwarding":
                writer.Structure(new ndmsg { ndm_family = reader == "neighbour" ? (byte)2 : (byte)7, ndm_ifindex = 3, ndm_state = 0x80 });
                writer.Attribute(AddressConstants.NDA_DST, [192, 0, 2, 9]);
                writer.Attribute(AddressConstants.NDA_LLADDR, [2, 0, 0x5e, 0, 0x53, 1]);
                break;
            case "routing rule":
                RuleCodec.Write(ref writer, RuleConstants.RTM_NEWRULE, 0, new RoutingRule
                {
                    Priority = 5,
                    Table = 7,
                    Source = System.Net.IPNetwork.Parse("192.0.2.0/24"),
                    InputName = "lo",
                    Mark = 3,
                });
                return writer.Written[16..].ToArray();
            case "queue":
                TrafficEncoder.WriteQueue(ref writer, 0, 3, new TokenBucketQueue(1000, 2000, 3000));
                return writer.Written[16..].ToArray();
            case "class":
                TrafficEncoder.WriteClass(ref writer, 0, 3, new TrafficClass(new(1, 2), new(1, 0), 5_000_000_000));
                return writer.Written[16..].ToArray();
            case "filter":
                TrafficEncoder.WriteFilter(ref writer, 0, 3, new TrafficFilter(new(1, 0), 5) { Class = new(1, 2), RedirectTo = 4 });
                return writer.Written[16..].ToArray();
            case "event":
                return Datagram.Link(1, 5, "vt01")[16..];
            case "log":
                writer.Structure(new nfgenmsg { nfgen_family = 2 });
                writer.AttributeStructure(LogConstants.NFULA_PACKET_HDR, new nfulnl_msg_packet_hdr { hw_protocol = 8, hook = 2 });
                writer.AttributeText(LogConstants.NFULA_PREFIX, "denied");
                writer.AttributeUInt32BigEndian(LogConstants.NFULA_IFINDEX_INDEV, 7);
                writer.Attribute(LogConstants.NFULA_HWHEADER, new byte[14]);
                writer.Attribute(LogConstants.NFULA_PAYLOAD, new byte[28]);
                break;
            case "generation":
                writer.Structure(default(nfgenmsg));
                writer.AttributeUInt32BigEndian(NftMessageConstants.NFTA_GEN_ID, 9);
                break;
            case "connection":
                writer.Structure(new nfgenmsg { nfgen_family = 2 });
                foreach (int direction in (int[])[ConntrackConstants.CTA_TUPLE_ORIG, ConntrackConstants.CTA_TUPLE_REPLY])
                {
                    int tuple = writer.BeginNest(direction);
                    int addresses = writer.BeginNest(ConntrackConstants.CTA_TUPLE_IP);
                    writer.Attribute(ConntrackConstants.CTA_IP_V4_SRC, [192, 0, 2, 1]);
                    writer.Attribute(ConntrackConstants.CTA_IP_V4_DST, [192, 0, 2, 2]);
                    writer.EndNest(addresses);
                    int protocol = writer.BeginNest(ConntrackConstants.CTA_TUPLE_PROTO);
                    writer.AttributeByte(ConntrackConstants.CTA_PROTO_NUM, 6);
                    writer.AttributeUInt16BigEndian(ConntrackConstants.CTA_PROTO_SRC_PORT, 40_000);
                    writer.AttributeUInt16BigEndian(ConntrackConstants.CTA_PROTO_DST_PORT, 80);
                    writer.EndNest(protocol);
                    writer.EndNest(tuple);
                }

                writer.AttributeUInt32BigEndian(ConntrackConstants.CTA_ID, 7);
                writer.AttributeUInt16BigEndian(ConntrackConstants.CTA_ZONE, 1);
                break;
            case "object":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                writer.AttributeText(NftObjectConstants.NFTA_OBJ_TABLE, "viper");
                writer.AttributeText(NftObjectConstants.NFTA_OBJ_NAME, "denied");
                writer.AttributeUInt32BigEndian(NftObjectConstants.NFTA_OBJ_TYPE, NftObjectConstants.NFT_OBJECT_QUOTA);
                int quota = writer.BeginNest(NftObjectConstants.NFTA_OBJ_DATA);
                new NftQuota(77).WriteData(ref writer);
                writer.EndNest(quota);
                break;
            case "map elements":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                SetEncoder.WriteElements(
                    ref writer,
                    "viper",
                    "map",
                    [
                        new NftElement(new byte[4]) { Verdict = new NftVerdict(NftVerdictKind.Jump, "other"), Timeout = TimeSpan.FromSeconds(5) },
                        new NftElement(new byte[8]) { KeyEnd = new byte[8], Data = new byte[4], ObjectName = "name" },
                    ]);
                break;
            case "table":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                writer.AttributeText(NftMessageConstants.NFTA_TABLE_NAME, "viper");
                writer.Attribute(NftMessageConstants.NFTA_TABLE_USERDATA, UserData.Comment("a comment"));
                break;
            case "chain":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                ChainEncoder.Write(ref writer, "viper", new NftChain { Name = "input", Hook = NftHook.Input });
                break;
            case "rule" or "counted rule":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                writer.AttributeText(NftMessageConstants.NFTA_RULE_TABLE, "viper");
                writer.AttributeText(NftMessageConstants.NFTA_RULE_CHAIN, "input");
                RuleEncoder.WriteExpressions(ref writer, new NftRuleBuilder().From("lo").Count().Drop());
                break;
            case "set":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                SetEncoder.Write(ref writer, "viper", new NftSet { Name = "denied", Key = [NftKeyType.Ipv4Address] }, 1);
                break;
            default:
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                SetEncoder.WriteElements(
                    ref writer, "viper", "denied", [new NftElement(new byte[4]), new NftElement(new byte[] { 1, 0, 0, 0 }, IsRangeEnd: true)]);
                break;
        }

        return writer.Written.ToArray();
    }

    private static object? Read(string reader, byte[] payload)
    {
        const int Nft = NftMessageConstants.NFNL_SUBSYS_NFTABLES << 8;
        return reader switch
        {
            "link" => LinkParser.Parse(LinkConstants.RTM_NEWLINK, payload),
            "address" => AddressParser.Parse(AddressConstants.RTM_NEWADDR, payload),
            "route" => RouteParser.Parse(AddressConstants.RTM_NEWROUTE, payload),
            "neighbour" => NeighbourParser.Parse(AddressConstants.RTM_NEWNEIGH, payload),
            "forwarding" => NeighbourParser.ParseForwarding(AddressConstants.RTM_NEWNEIGH, payload),
            "routing rule" => RuleCodec.Parse(RuleConstants.RTM_NEWRULE, payload),
            "queue" => TrafficParser.ParseQueue(TrafficConstants.RTM_NEWQDISC, payload),
            "class" => TrafficParser.ParseQueue(TrafficConstants.RTM_NEWTCLASS, payload),
            "filter" => TrafficParser.ParseFilter(TrafficConstants.RTM_NEWTFILTER, payload),
            "event" => RouteEventParser.Parse(LinkConstants.RTM_DELLINK, payload),
            "log" => LogParser.Parse((LogConstants.NFNL_SUBSYS_ULOG << 8) | LogConstants.NFULNL_MSG_PACKET, payload),
            "connection" => ConnectionParser.Parse(ConntrackConstants.NFNL_SUBSYS_CTNETLINK << 8, payload, static _ => true),
            "generation" => NftParser.ParseGeneration(Nft | NftMessageConstants.NFT_MSG_NEWGEN, payload),
            "object" => StateParser.ParseObject(Nft | NftObjectConstants.NFT_MSG_NEWOBJ, payload, "viper"),
            "counted rule" => StateParser.ParseRule(Nft | NftMessageConstants.NFT_MSG_NEWRULE, payload, "viper"),
            "map elements" => NftParser.ParseElements(Nft | NftMessageConstants.NFT_MSG_NEWSETELEM, payload),
            "table" => NftParser.ParseTable(Nft | NftMessageConstants.NFT_MSG_NEWTABLE, payload),
            "chain" => NftParser.ParseChain(Nft | NftMessageConstants.NFT_MSG_NEWCHAIN, payload, "viper"),
            "rule" => Rule(NftParser.ParseRule(Nft | NftMessageConstants.NFT_MSG_NEWRULE, payload, "viper")),
            "set" => NftParser.ParseSet(Nft | NftMessageConstants.NFT_MSG_NEWSET, payload),
            "elements" => NftParser.ParseElements(Nft | NftMessageConstants.NFT_MSG_NEWSETELEM, payload),
            "error" => Acknowledgement.Read(
                new nlmsghdr
                {
                    nlmsg_type = NetlinkConstants.NLMSG_ERROR,
                    nlmsg_flags = NetlinkConstants.NLM_F_CAPPED | NetlinkConstants.NLM_F_ACK_TLVS,
                },
                payload),
            "names" => Name(payload),
            "done" => Acknowledgement.Read(
                new nlmsghdr { nlmsg_type = NetlinkConstants.NLMSG_DONE, nlmsg_flags = NetlinkConstants.NLM_F_ACK_TLVS }, payload),
            _ => throw new ArgumentOutOfRangeException(nameof(reader)),
        };
    }

    private static string? Name(byte[] request)
    {
        string? found = null;
        for (int offset = 0; offset <= request.Length; offset++)
        {
            found = AttributeNames.At(request, offset) ?? found;
            AttributeNames.Missing(request, offset, offset);
        }

        return found;
    }

    private static RuleBytes? Rule(RuleBytes? rule)
    {
        if (rule is not null)
        {
            RuleComparer.SameExpressions(rule.Expressions, rule.Expressions);
        }

        return rule;
    }
}
