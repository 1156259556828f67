using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>Under every policy a guest's honest ARP is answered, and nobody believes a forged one.</summary>
public sealed class ArpTests : IDisposable
{
    private const ushort Request = 1;
    private const ushort Reply = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly MacAddress s_everybody = new([255, 255, 255, 255, 255, 255]);
    private static readonly MacAddress s_stranger = MacAddress.Parse("02:00:5e:00:53:77");
    private static readonly IPAddress s_gateway = PolicyStage.Address("gateway");

    private readonly PolicyStage _stage = new();

    [Theory]
    [InlineData("none")]
    [InlineData("internet")]
    [InlineData("allow")]
    [InlineData("open")]
    public async Task Arp_OfAPolicy_HonestIsAnsweredAndForgedReachesNobody(string policy)
    {
        TapStation guest = _stage.Add("guest", new NetworkSpec { Policy = policy });
        TapStation other = _stage.Add("other", new NetworkSpec { Policy = "open" });
        MacAddress bridge = _stage.Host.Route.GetLink("viperbr0")!.Address!.Value;
        (MacAddress own, MacAddress its) = (PolicyStage.MacOf(2), PolicyStage.MacOf(3));
        (IPAddress ownIp, IPAddress itsIp) = (PolicyStage.IpOf(2), PolicyStage.IpOf(3));
        await ResolveAsync(guest);
        await ResolveAsync(other);
        Neighbour[] host = Known(_stage.Host);
        Assert.Equal(0UL, Forged(2));

        byte[][] forged =
        [
            // Gratuitous: the gateway is me, in both fashions, and to the other guest alone.
            Arp(s_everybody, own, Request, own, s_gateway, default, s_gateway),
            Arp(s_everybody, own, Reply, own, s_gateway, s_everybody, s_gateway),
            Arp(its, own, Reply, own, s_gateway, its, itsIp),

            // The other guest's IP address with mine of Ethernet, and with its own; then its Ethernet address with my IP address.
            Arp(bridge, own, Reply, own, itsIp, bridge, s_gateway),
            Arp(s_everybody, its, Request, its, itsIp, default, s_gateway),
            Arp(bridge, own, Reply, its, ownIp, bridge, s_gateway),

            // The frame says one Ethernet address and the ARP in it another.
            Arp(bridge, its, Reply, own, ownIp, bridge, s_gateway),
            Arp(bridge, s_stranger, Request, own, ownIp, default, s_gateway),
            Arp(bridge, own, Request, s_stranger, ownIp, default, s_gateway),

            // An address that nobody has.
            Arp(s_everybody, own, Request, own, PolicyStage.IpOf(99), default, s_gateway),
        ];
        for (int i = 0; i < forged.Length; i++)
        {
            guest.Send(forged[i]);
            await UntilAsync(() => Forged(2) == (ulong)i + 1, $"{Convert.ToHexString(forged[i])} was not counted once.");
        }
        Assert.Equal(0UL, Forged(3));
        Assert.Equal(host, Known(_stage.Host));
        Assert.Equal(bridge, Gateway(other));
        Assert.DoesNotContain(Known(other.Guest), entry => entry.Mac == own || entry.Mac == s_stranger);
        Assert.NotNull(await Probe.TcpAsync(_stage.Host, ownIp, PolicyStage.Web, expected: true));
        Assert.NotNull(await Probe.TcpAsync(other.Guest, PolicyStage.Address("world"), PolicyStage.Web, expected: true));
        Assert.Equal(host, Known(_stage.Host));
    }

    /// <summary>Honest as it is, it is not for other guests: who asks for one learns nothing.</summary>
    [Fact]
    public async Task Arp_ForAnotherGuest_ReachesNoGuest()
    {
        TapStation guest = _stage.Add("guest", new NetworkSpec { Policy = "open" });
        TapStation other = _stage.Add("other", new NetworkSpec { Policy = "open" });
        await ResolveAsync(guest);
        guest.Send(Arp(s_everybody, PolicyStage.MacOf(2), Request, PolicyStage.MacOf(2), PolicyStage.IpOf(2), default, PolicyStage.IpOf(3)));
        guest.Send(Arp(PolicyStage.MacOf(3), PolicyStage.MacOf(2), Reply, PolicyStage.MacOf(2), PolicyStage.IpOf(2), PolicyStage.MacOf(3), PolicyStage.IpOf(3)));
        await ResolveAsync(other);
        Assert.DoesNotContain(Known(other.Guest), static entry => entry.Address.Equals(PolicyStage.IpOf(2)));
        Assert.Equal(0UL, Forged(2));
        await UntilAsync(() => Denied(2) == 2, "What was asked for another guest was not counted.");
        Assert.Equal(0UL, Denied(3));
    }

    /// <summary>A guest that announces its own address, as many systems do, does nothing wrong.</summary>
    [Fact]
    public async Task Arp_ForItself_IsNotDenied()
    {
        TapStation guest = _stage.Add("guest", new NetworkSpec { Policy = "none" });
        guest.Send(Arp(s_everybody, PolicyStage.MacOf(2), Request, PolicyStage.MacOf(2), PolicyStage.IpOf(2), default, PolicyStage.IpOf(2)));
        await ResolveAsync(guest);

        Assert.Equal((0UL, 0UL), (Forged(2), Denied(2)));
    }

    public void Dispose() => _stage.Dispose();

    /// <summary>Lets the guest ask for the gateway, which it must to send anything, and waits for the answer.</summary>
    private static async Task ResolveAsync(TapStation guest)
    {
        using Socket socket = guest.Guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.SendToAsync(new byte[1], new IPEndPoint(s_gateway, 9));
        await UntilAsync(() => Gateway(guest) is not null);
    }

    private static MacAddress? Gateway(TapStation guest) => Known(guest.Guest).FirstOrDefault(static entry => entry.Address.Equals(s_gateway))?.Mac;

    private static Neighbour[] Known(NetNsFixture where) =>
    [
        .. where.Route.ListNeighbours().Where(static entry => entry.Address.AddressFamily == AddressFamily.InterNetwork && entry.Mac is not null
                && PolicyStage.Settings.Subnet.Contains(entry.Address))
            .OrderBy(static entry => entry.Address.ToString(), StringComparer.Ordinal),
    ];

    private static async Task UntilAsync(Func<bool> condition, string otherwise = "The gateway did not answer.")
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_patience, otherwise);
            await Task.Yield();
        }
    }

    /// <summary><c>Ethernet { destination, source, 0x0806 }, ARP { 1, 0x0800, 6, 4, operation, sender, target }</c> (RFC 826).</summary>
    private static byte[] Arp(MacAddress to, MacAddress from, ushort operation, MacAddress senderMac, IPAddress sender, MacAddress targetMac, IPAddress target)
    {
        byte[] frame = new byte[42];
        to.CopyTo(frame);
        from.CopyTo(frame.AsSpan(6));
        byte[] kind = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4];
        kind.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), operation);
        senderMac.CopyTo(frame.AsSpan(22));
        sender.TryWriteBytes(frame.AsSpan(28), out _);
        targetMac.CopyTo(frame.AsSpan(32));
        target.TryWriteBytes(frame.AsSpan(38), out _);
        return frame;
    }

    private ulong Forged(int number) => Counted(number, HostFirewall.ForgedSet);

    private ulong Denied(int number) => Counted(number, HostFirewall.DeniedCountSet);

    private ulong Counted(int number, string set) => _stage.Host.Run(() =>
    {
        using NftSocket firewall = new();
        NftElement tap = NftElement.OfLink(PolicyStage.TapOf(number));
        return firewall.ListElements(NftFamily.Bridge, "viper", set).Single(found => found.Key.Span.SequenceEqual(tap.Key.Span)).Count!.Value.Packets;
    });
}
