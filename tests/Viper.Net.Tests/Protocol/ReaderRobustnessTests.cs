using Viper.Net.Firewall;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;
using Viper.Net.Protocol.Route;

namespace Viper.Net.Tests.Protocol;

/// <summary>No bytes, however cut or changed, make a reader throw anything or read beyond its buffer.</summary>
public sealed class ReaderRobustnessTests
{
    private const int Mutations = 20_000;
    private const int Seed = 20_261_120;

    public static TheoryData<string> Readers => ["link", "address", "route", "neighbour", "forwarding", "table", "chain", "rule", "set", "elements", "error", "done"];

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
            case "table":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                writer.AttributeText(NftMessageConstants.NFTA_TABLE_NAME, "viper");
                writer.Attribute(NftMessageConstants.NFTA_TABLE_USERDATA, UserData.Comment("a comment"));
                break;
            case "chain":
                writer.Structure(new nfgenmsg { nfgen_family = 1 });
                ChainEncoder.Write(ref writer, "viper", new NftChain { Name = "input", Hook = NftHook.Input });
                break;
            case "rule":
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
            "table" => NftParser.ParseTable(Nft | NftMessageConstants.NFT_MSG_NEWTABLE, payload),
            "chain" => NftParser.ParseChain(Nft | NftMessageConstants.NFT_MSG_NEWCHAIN, payload, "viper"),
            "rule" => Rule(NftParser.ParseRule(Nft | NftMessageConstants.NFT_MSG_NEWRULE, payload, "viper")),
            "set" => NftParser.ParseSetName(Nft | NftMessageConstants.NFT_MSG_NEWSET, payload),
            "elements" => NftParser.ParseElements(Nft | NftMessageConstants.NFT_MSG_NEWSETELEM, payload),
            "error" => Acknowledgement.Read(
                new nlmsghdr
                {
                    nlmsg_type = NetlinkConstants.NLMSG_ERROR,
                    nlmsg_flags = NetlinkConstants.NLM_F_CAPPED | NetlinkConstants.NLM_F_ACK_TLVS,
                },
                payload),
            "done" => Acknowledgement.Read(
                new nlmsghdr { nlmsg_type = NetlinkConstants.NLMSG_DONE, nlmsg_flags = NetlinkConstants.NLM_F_ACK_TLVS }, payload),
            _ => throw new ArgumentOutOfRangeException(nameof(reader)),
        };
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
