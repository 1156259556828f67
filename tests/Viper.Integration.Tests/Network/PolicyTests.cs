using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>Every cell of policy × destination, with TCP, UDP and ICMP; and that the silence is the filter's, not a broken wire's.</summary>
public sealed class PolicyTests : IDisposable
{
    private static readonly NetworkAllow[] s_list =
    [
        new() { Cidr = "203.0.113.0/24", Ports = ["80/tcp", "5000-6000/udp"] },
        new() { Cidr = "10.9.9.9" },
        new() { Cidr = "198.51.100.7/32", Ports = ["80/tcp"] },
    ];

    private readonly PolicyStage _stage = new();

    public static TheoryData<string, string, bool, bool, bool, bool> Table { get; } = new()
    {
        // policy, place, TCP 80, TCP 8080, UDP 5353, ICMP
        { "none", "world", false, false, false, false },
        { "none", "private", false, false, false, false },
        { "none", "metadata", false, false, false, false },
        { "none", "gateway", false, false, false, false },
        { "none", "host", false, false, false, false },
        { "none", "other", false, false, false, false },
        { "internet", "world", true, true, true, true },
        { "internet", "private", false, false, false, false },
        { "internet", "metadata", false, false, false, false },
        { "internet", "gateway", false, false, false, false },
        { "internet", "host", false, false, false, false },
        { "internet", "other", false, false, false, false },
        { "allow", "world", true, false, true, false },
        { "allow", "world2", true, false, false, false },
        { "allow", "private", true, true, true, true },
        { "allow", "metadata", false, false, false, false },
        { "allow", "gateway", false, false, false, false },
        { "allow", "host", false, false, false, false },
        { "allow", "other", false, false, false, false },
        { "open", "world", true, true, true, true },
        { "open", "private", true, true, true, true },
        { "open", "metadata", false, false, false, false },
        { "open", "gateway", false, false, false, false },
        { "open", "host", false, false, false, false },
        { "open", "other", false, false, false, false },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Guest_OfAPolicy_ReachesWhatTheTableSays(string policy, string place, bool web, bool otherWeb, bool echo, bool icmp)
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = policy, Allow = policy == "allow" ? s_list : [] }).Guest;
        NetNsFixture control = _stage.Add("other", new NetworkSpec { Policy = "open" }).Guest;
        IPAddress to = place == "other" ? PolicyStage.IpOf(3) : PolicyStage.Address(place);

        Task<bool>[] asked =
        [
            IsAnswered(Probe.TcpAsync(guest, to, PolicyStage.Web, web)),
            IsAnswered(Probe.TcpAsync(guest, to, PolicyStage.OtherWeb, otherWeb)),
            IsAnswered(Probe.UdpAsync(guest, to, PolicyStage.Echo, echo)),
            Ping.AnswersAsync(guest, to, icmp),
        ];
        Assert.Equal([web, otherWeb, echo, icmp], await Task.WhenAll(asked));
        Assert.NotNull(await Probe.TcpAsync(control, PolicyStage.Address("world"), PolicyStage.Web, expected: true));
        Assert.NotNull(await Probe.TcpAsync(_stage.Host, PolicyStage.IpOf(2), PolicyStage.Web, expected: true));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("internet")]
    [InlineData("allow")]
    [InlineData("open")]
    public async Task Guest_WithSomebodyElsesAddresses_ReachesNothingAndIsCounted(string policy)
    {
        TapStation guest = _stage.Add("guest", new NetworkSpec { Policy = policy });
        NetNsFixture other = _stage.Add("other", new NetworkSpec { Policy = "open" }).Guest;
        MacAddress bridge = _stage.Host.Route.GetLink("viperbr0")!.Address!.Value;

        // The other guest's IP address, with everything else honest; ARP, which tells it, first.
        guest.Guest.Route.DeleteAddress(guest.LinkIndex, PolicyStage.IpOf(2), 24);
        guest.Guest.Route.AddAddress(guest.LinkIndex, PolicyStage.IpOf(3), 24);
        guest.Guest.Route.AddDefaultRoute(PolicyStage.Address("gateway"));
        Assert.Null(await Probe.TcpAsync(guest.Guest, PolicyStage.Address("gateway"), PolicyStage.Web, expected: false));
        guest.Guest.Route.SetNeighbour(guest.LinkIndex, PolicyStage.Address("gateway"), bridge);
        Assert.Null(await Probe.UdpAsync(guest.Guest, PolicyStage.Address("world"), PolicyStage.Echo, expected: false));
        Assert.False(await Ping.AnswersAsync(guest.Guest, PolicyStage.Address("world"), expected: false));

        // The other guest's Ethernet address, with its own IP address.
        guest.Guest.Route.SetMac(guest.LinkIndex, PolicyStage.MacOf(3));
        Assert.Null(await Probe.TcpAsync(guest.Guest, PolicyStage.Address("world"), PolicyStage.Web, expected: false));

        Assert.True(Count(NftFamily.Bridge, HostFirewall.ForgedSet, NftElement.OfLink(PolicyStage.TapOf(2))) > 0);
        Assert.Equal(0UL, Count(NftFamily.Bridge, HostFirewall.ForgedSet, NftElement.OfLink(PolicyStage.TapOf(3))));
        Assert.NotNull(await Probe.TcpAsync(other, PolicyStage.Address("world"), PolicyStage.Web, expected: true));
        Assert.NotNull(await Probe.TcpAsync(_stage.Host, PolicyStage.IpOf(3), PolicyStage.Web, expected: true));
    }

    [Fact]
    public async Task Guest_DeniedAndServed_IsCountedForItself()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "internet" }).Guest;
        _stage.Add("other", new NetworkSpec { Policy = "internet" });
        Assert.NotNull(await Probe.UdpAsync(guest, PolicyStage.Address("world"), PolicyStage.Echo, expected: true));
        Assert.Null(await Probe.UdpAsync(guest, PolicyStage.Address("private"), PolicyStage.Echo, expected: false));

        NftElement[] own = [NftElement.Of(PolicyStage.IpOf(2)), NftElement.Of(PolicyStage.IpOf(3))];
        Assert.Equal(
            [1UL, 1UL, 1UL, 0UL, 0UL, 0UL],
            own.SelectMany(element => new[] { HostFirewall.SentSet, HostFirewall.ReceivedSet, HostFirewall.DeniedCountSet }
                .Select(set => Count(NftFamily.Inet, set, element))));
    }

    [Fact]
    public async Task Guest_WithALimitOfConnections_OpensSoManyAndNoMore()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "internet", MaxConnections = 3 }).Guest;

        // It closes nothing: connection tracking takes a half-closed connection whose FIN is sent twice for a closed one.
        IPEndPoint quiet = new(PolicyStage.Address("world"), 9090);
        using Socket listener = _stage.Outside.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(quiet);
        listener.Listen();
        List<Socket> held = [];
        try
        {
            for (int i = 0; i < 3; i++)
            {
                Socket socket = guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                held.Add(socket);
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
                await socket.ConnectAsync(quiet, patience.Token);
            }

            Assert.Null(await Probe.TcpAsync(guest, PolicyStage.Address("world"), PolicyStage.OtherWeb, expected: false));
        }
        finally
        {
            held.ForEach(static socket => socket.Dispose());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Guest_WithALimitOfBandwidth_IsHeldToIt(bool up)
    {
        // 64 KiB may go at once, and then 16,000 bytes a second: 200 kB at once cannot get through.
        TapStation guest = _stage.Add("guest", new NetworkSpec { Policy = "internet", UpKbps = up ? 128 : 0, DownKbps = up ? 0 : 128 });
        (NetNsFixture from, NetNsFixture to) = up ? (guest.Guest, _stage.Outside) : (_stage.Host, guest.Guest);
        IPAddress destination = up ? PolicyStage.Address("world") : PolicyStage.IpOf(2);
        using Socket receiver = to.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.ReceiveBufferSize = 1 << 20;
        receiver.Bind(new IPEndPoint(destination, 9999));
        using Socket sender = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        sender.SendBufferSize = 1 << 20;
        byte[] datagram = new byte[1000];
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            await sender.SendToAsync(datagram, new IPEndPoint(destination, 9999));
        }

        int received = 0;
        try
        {
            while (true)
            {
                using CancellationTokenSource silence = new(TimeSpan.FromSeconds(2));
                received += await receiver.ReceiveAsync(datagram, silence.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // What came, came.
        }

        // However slowly this machine sends, that is all that the limit lets through meanwhile; the spare is for headers and a queue.
        double most = 65_536 + (16_000 * Stopwatch.GetElapsedTime(started).TotalSeconds) + 20_000;
        Assert.InRange((double)received, 20_000, most);
    }

    [Fact]
    public void Attach_EntriesThatOverlap_AreTaken()
    {
        NetworkAllow[] list =
        [
            new() { Cidr = "10.0.0.0/8", Ports = ["80-100/tcp"] },
            new() { Cidr = "10.1.0.0/16", Ports = ["90-200/tcp", "95/tcp", "53/udp"] },
            new() { Cidr = "10.1.0.0/16", Ports = ["150-300/tcp"] },
            new() { Cidr = "10.1.2.3", Ports = ["80/tcp", "443/tcp"] },
            new() { Cidr = "172.16.0.0/12" },
            new() { Cidr = "172.16.3.0/24" },
            new() { Cidr = "172.16.3.0/24", Ports = ["80/tcp"] },
        ];
        _stage.Host.Run(() => _stage.Vms.Attach(PolicyStage.TapOf(2), PolicyStage.MacOf(2), PolicyStage.IpOf(2), new NetworkSpec { Policy = "allow", Allow = list }));
        _stage.Host.Run(() => _stage.Vms.Attach(PolicyStage.TapOf(3), PolicyStage.MacOf(3), PolicyStage.IpOf(3), new NetworkSpec { Policy = "allow", Allow = list }));
        Assert.Empty(_stage.Host.Run(() => _stage.HostNetwork.FindDrift(_stage.Vms.Attached)));
    }

    public void Dispose() => _stage.Dispose();

    private ulong Count(NftFamily family, string set, NftElement element) => _stage.Host.Run(() =>
    {
        using NftSocket firewall = new();
        return firewall.ListElements(family, "viper", set).Single(found => found.Key.Span.SequenceEqual(element.Key.Span)).Count!.Value.Packets;
    });

    private static async Task<bool> IsAnswered(Task<string?> answer) => await answer is not null;
}
