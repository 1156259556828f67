using System.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Network;
using Viper.Orchestration.Network.Names;

namespace Viper.Orchestration.Tests.Network;

public sealed class DnsMessageTests
{
    // example.com, A, IN, number 0x1234, recursion desired (RFC 1035).
    private static readonly byte[] s_question = Convert.FromHexString("12340100000100000000000007" + "6578616d706c6503636f6d0000010001");

    // UDP from 192.168.127.2:4660 to 10.0.0.1:53.
    private static readonly byte[] s_packet = Convert.FromHexString("4500001c0000000040110000c0a87f020a000001" + "1234003500080000");

    [Fact]
    public void IsQuestion_APlainOne_EndsBehindIt()
    {
        Assert.True(DnsMessage.IsQuestion(s_question, out int end));
        Assert.Equal(s_question.Length, end);
    }

    [Fact]
    public void IsQuestion_CutAnywhere_IsNone() =>
        Assert.All(Enumerable.Range(0, s_question.Length), length => Assert.False(DnsMessage.IsQuestion(s_question.AsSpan(0, length), out _)));

    [Theory]
    [InlineData(2, 0x81)]
    [InlineData(2, 0x29)]
    [InlineData(5, 2)]
    [InlineData(5, 0)]
    [InlineData(12, 0xc0)]
    [InlineData(12, 0x40)]
    [InlineData(12, 0x3f)]
    public void IsQuestion_AnAnswerOrOtherKindOrBadName_IsNone(int at, byte value)
    {
        byte[] message = [.. s_question];
        message[at] = value;
        Assert.False(DnsMessage.IsQuestion(message, out _));
    }

    [Fact]
    public void IsQuestion_NameOfMoreThan255Bytes_IsNone()
    {
        byte[] labels = [.. Enumerable.Repeat<byte[]>([63, .. new byte[63]], 5).SelectMany(static label => label)];
        Assert.False(DnsMessage.IsQuestion([.. s_question[..12], .. labels, 0, 0, 1, 0, 1], out _));
    }

    [Fact]
    public void Everything_MutatedBySeed_NeverFails()
    {
        Random random = new(53);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] message = [.. s_question[..random.Next(s_question.Length + 1)]];
            byte[] packet = [.. s_packet[..random.Next(s_packet.Length + 1)]];
            for (int change = random.Next(4); change > 0; change--)
            {
                Array.ForEach([message, packet], bytes =>
                {
                    if (bytes.Length > 0)
                    {
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    }
                });
            }

            bool isQuestion = DnsMessage.IsQuestion(message, out int end);
            Assert.True(!isQuestion || end <= message.Length);
            DnsMessage.IsAnswerTo(message, s_question, s_question.Length);
            if (DnsMessage.CanBeAnswered(message))
            {
                Assert.True(DnsMessage.Fail(message, end, DnsMessage.FormatError).Length >= DnsMessage.HeaderLength);
            }

            LoggedPacket logged = new() { Prefix = "policy", EtherType = (ushort)(random.Next(3) switch { 0 => 0x0800, 1 => 0x0806, _ => random.Next(65536) }), Payload = packet };
            Assert.NotEmpty(DeniedPacket.Describe(logged, IPAddress.Loopback).Protocol);
            DeniedPacket.SourceOf(logged);
        }
    }

    [Fact]
    public void Fail_AQuestion_AnswersItWithTheCode()
    {
        byte[] answer = DnsMessage.Fail(s_question, s_question.Length, DnsMessage.Refused);
        Assert.Equal("12348185000100000000000007", Convert.ToHexStringLower(answer.AsSpan(0, 13)));
        Assert.True(DnsMessage.IsAnswerTo(answer, s_question, s_question.Length));
    }

    [Theory]
    [InlineData(0, 0x99)]
    [InlineData(2, 0x01)]
    [InlineData(14, (byte)'z')]
    public void IsAnswerTo_AnotherNumberOrQuestion_IsNone(int at, byte value)
    {
        byte[] answer = [.. s_question];
        answer[2] |= 0x80;
        Assert.True(DnsMessage.IsAnswerTo(answer, s_question, s_question.Length));
        answer[at] = value;
        Assert.False(DnsMessage.IsAnswerTo(answer, s_question, s_question.Length));
    }

    [Fact]
    public void Describe_AUdpPacket_NamesWhereItWent()
    {
        var data = DeniedPacket.Describe(new LoggedPacket { Prefix = "policy", EtherType = 0x0800, Payload = s_packet }, IPAddress.Parse("192.168.127.2"));
        Assert.Equal(("policy", "udp", null, "10.0.0.1", 53), (data.Reason, data.Protocol, data.Source, data.Destination, data.Port));
    }

    [Fact]
    public void Parse_ResolvConf_GivesThreeServersAtMostAndNotItself()
    {
        string[] lines = ["# comment", "nameserver 127.0.0.53", "search example.com", "nameserver", "nameserver x", "nameserver 192.168.127.1", "nameserver ::1", "nameserver 1.1.1.1 ", "nameserver 9.9.9.9"];
        Assert.Equal(
            ["127.0.0.53:53", "[::1]:53", "1.1.1.1:53"],
            HostResolvers.Parse(lines, IPAddress.Parse("192.168.127.1")).Select(static server => server.ToString()));
    }

    [Fact]
    public void Now_NoFile_IsEmpty() => Assert.Empty(new HostResolvers([], IPAddress.Loopback, "/nonexistent/resolv.conf").Now());

    [Fact]
    public void TryTake_BeyondAShare_IsRefusedUntilGivenBack()
    {
        Shares shares = new((3, 2));
        IPAddress a = IPAddress.Parse("10.0.0.1");
        IPAddress b = IPAddress.Parse("10.0.0.2");
        Assert.Equal([true, true, false, true, false], [shares.TryTake(a), shares.TryTake(a), shares.TryTake(a), shares.TryTake(b), shares.TryTake(b)]);
        shares.GiveBack(a);
        Assert.True(shares.TryTake(b));
    }
}
