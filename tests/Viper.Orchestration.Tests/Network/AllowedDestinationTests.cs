using System.Net;
using System.Net.Sockets;
using Viper.Contracts;
using Viper.Orchestration.Network;

namespace Viper.Orchestration.Tests.Network;

public sealed class AllowedDestinationTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("203.0.113.9", "203.0.113.9/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void TryParseNetwork_Ipv4_IsTaken(string text, string expected)
    {
        Assert.True(AllowedDestination.TryParseNetwork(text, out IPNetwork network));
        Assert.Equal(expected, network.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("fd00::/8")]
    public void TryParseNetwork_Other_IsRefused(string? text) => Assert.False(AllowedDestination.TryParseNetwork(text, out _));

    [Theory]
    [InlineData("443/tcp", ProtocolType.Tcp, 443, 443)]
    [InlineData("1-65535/udp", ProtocolType.Udp, 1, 65535)]
    public void TryParsePorts_PortOrRange_IsTaken(string text, ProtocolType protocol, int first, int last)
    {
        Assert.True(AllowedDestination.TryParsePorts(text, out var ports));
        Assert.Equal((protocol, first, last), (ports.Protocol, ports.First, ports.Last));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("443")]
    [InlineData("/tcp")]
    [InlineData("0/tcp")]
    [InlineData("65536/tcp")]
    [InlineData("-1/tcp")]
    [InlineData("+1/tcp")]
    [InlineData("1-/tcp")]
    [InlineData("2-1/tcp")]
    [InlineData("1-2-3/tcp")]
    [InlineData("443/sctp")]
    [InlineData("443/TCP")]
    [InlineData("443/tcp/tcp")]
    public void TryParsePorts_Other_IsRefused(string? text) => Assert.False(AllowedDestination.TryParsePorts(text, out _));

    /// <summary>Whatever is allowed, each address and port is in one element at most, and in one exactly when an entry names it.</summary>
    [Fact]
    public void Elements_RandomEntries_CoverWhatTheyNameOnceAndNothingElse()
    {
        Random random = new(20261120);
        string[] networks = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.2.0.0/16", "11.0.0.0/8"];
        for (int round = 0; round < 200; round++)
        {
            NetworkAllow[] allow = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => new NetworkAllow
            {
                Cidr = networks[random.Next(networks.Length)],
                Ports = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => Ports(random))],
            })];
            AllowedElements elements = AllowedDestination.Elements(IPAddress.Parse("192.168.127.2"), allow);
            foreach (string address in (string[])["10.9.0.1", "10.1.9.1", "10.1.2.9", "10.1.2.3", "10.2.0.1", "11.1.1.1", "12.0.0.1"])
            {
                for (int port = 1; port <= 12; port++)
                {
                    Assert.Equal(Named(allow, IPAddress.Parse(address), port) ? 1 : 0, Math.Min(1, Whole(elements, address)) + (Whole(elements, address) > 0 ? 0 : Parts(elements, address, port)));
                    Assert.InRange(Parts(elements, address, port), 0, 1);
                    Assert.InRange(Whole(elements, address), 0, 1);
                }
            }
        }
    }

    private static string Ports(Random random)
    {
        int first = random.Next(1, 12);
        return $"{first}-{random.Next(first, 13)}/tcp";
    }

    private static bool Named(NetworkAllow[] allow, IPAddress address, int port) => allow.Any(entry =>
        IPNetwork.Parse(entry.Cidr).Contains(address)
        && (entry.Ports.Count == 0 || entry.Ports.Any(text => AllowedDestination.TryParsePorts(text, out var ports) && ports.First <= port && port <= ports.Last)));

    private static int Whole(AllowedElements elements, string address) =>
        elements.Networks.Count(element => Within(element.Key.Span, element.KeyEnd.Span, IPAddress.Parse(address).GetAddressBytes(), 4));

    private static int Parts(AllowedElements elements, string address, int port)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        byte[] number = [(byte)(port >> 8), (byte)port];
        return elements.Ports.Count(element => Within(element.Key.Span, element.KeyEnd.Span, bytes, 4) && Within(element.Key.Span, element.KeyEnd.Span, number, 12))
            + elements.Exact.Count(element => Within(element.Key.Span, element.Key.Span, bytes, 4) && Within(element.Key.Span, element.Key.Span, number, 12));
    }

    private static bool Within(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, byte[] value, int at) =>
        from.Slice(at, value.Length).SequenceCompareTo(value) <= 0 && to.Slice(at, value.Length).SequenceCompareTo(value) >= 0;
}
