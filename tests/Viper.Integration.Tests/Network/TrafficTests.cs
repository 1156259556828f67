using System.Net;
using System.Net.Sockets;

using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>Two guests behind taps, the host, and a world beyond it: who can reach whom.</summary>
public sealed class TrafficTests : IDisposable
{
    private static readonly IPAddress s_gateway = IPAddress.Parse("192.168.127.1");
    private static readonly IPAddress s_hostOutside = IPAddress.Parse("203.0.113.1");
    private static readonly IPAddress s_world = IPAddress.Parse("203.0.113.2");
    private static readonly IPAddress s_private = IPAddress.Parse("10.9.9.9");
    private static readonly IPAddress s_metadata = IPAddress.Parse("169.254.169.254");
    private static readonly IPAddress s_guestAIp = IPAddress.Parse("192.168.127.2");
    private static readonly IPAddress s_guestBIp = IPAddress.Parse("192.168.127.3");
    private static readonly MacAddress s_guestAMac = MacAddress.Parse("02:00:5e:00:53:02");
    private static readonly MacAddress s_guestBMac = MacAddress.Parse("02:00:5e:00:53:03");
    private static readonly HostNetworkSettings s_settings = new();

    private readonly NetNsFixture _host = new();
    private readonly NetNsFixture _outside = new();
    private readonly VmNetwork _vms;
    private readonly TapStation _guestA;
    private readonly TapStation _guestB;
    private readonly List<Socket> _services = [];

    public TrafficTests()
    {
        // The world: one address of the internet, one private address and the metadata address, all behind one veth.
        _host.Route.AddVeth("world", "host", _outside.Namespace);
        Link near = _host.Route.GetLink("world")!;
        Link far = _outside.Route.GetLink("host")!;
        _host.Route.AddAddress(near.Index, s_hostOutside, 24);
        _outside.Route.AddAddress(far.Index, s_world, 24);
        _outside.Route.AddAddress(far.Index, s_private, 32);
        _outside.Route.AddAddress(far.Index, s_metadata, 32);
        _host.WaitForNeighbours("world");
        _outside.WaitForNeighbours("host");
        _host.Route.SetUp(near.Index);
        _outside.Route.SetUp(far.Index);
        _host.Route.AddDefaultRoute(s_world);

        _host.Run(() =>
        {
            using HostNetwork network = new(s_settings);
            network.Apply();
        });
        _vms = _host.Run(() => new VmNetwork(s_settings));
        _host.Run(() => _vms.Attach("vt00000002", s_guestAMac, s_guestAIp));
        _host.Run(() => _vms.Attach("vt00000003", s_guestBMac, s_guestBIp));
        _guestA = new TapStation(_host, "vt00000002", s_guestAMac, s_guestAIp, 24, s_gateway);
        _guestB = new TapStation(_host, "vt00000003", s_guestBMac, s_guestBIp, 24, s_gateway);
        Offer(_host, s_gateway, s_hostOutside);
        Offer(_outside, s_world, s_private, s_metadata);
        Offer(_guestA.Guest, s_guestAIp);
        Offer(_guestB.Guest, s_guestBIp);
    }

    [Fact]
    public async Task Guest_ToTheInternet_ArrivesAsTheHost()
    {
        Assert.Equal(s_hostOutside.ToString(), await Probe.TcpAsync(_guestA.Guest, s_world, 80, expected: true));
        Assert.Equal(s_hostOutside.ToString(), await Probe.UdpAsync(_guestA.Guest, s_world, 53, expected: true));
    }

    [Fact]
    public async Task Host_ToAGuest_ArrivesAsTheGateway() =>
        Assert.Equal(s_gateway.ToString(), await Probe.TcpAsync(_host, s_guestAIp, 80, expected: true));

    [Fact]
    public async Task Host_ToItsOwnGateway_ArrivesAsItself() =>
        Assert.Equal(s_gateway.ToString(), await Probe.TcpAsync(_host, s_gateway, 80, expected: true));

    [Theory]
    [InlineData("192.168.127.1")]
    [InlineData("203.0.113.1")]
    [InlineData("10.9.9.9")]
    [InlineData("169.254.169.254")]
    [InlineData("192.168.127.3")]
    public async Task Guest_ToWhatIsDenied_GetsNoAnswer(string address)
    {
        IPAddress target = IPAddress.Parse(address);
        Assert.Null(await Probe.TcpAsync(_guestA.Guest, target, 80, expected: false));
        Assert.Null(await Probe.UdpAsync(_guestA.Guest, target, 5353, expected: false));

        // The silence is the filter's, not a broken wire's.
        Assert.NotNull(await Probe.TcpAsync(_guestA.Guest, s_world, 80, expected: true));
    }

    [Fact]
    public async Task Guest_ToAnotherGuestThroughTheGateway_GetsNoAnswer()
    {
        // A host route by the gateway, as a guest would try it that knows that its port is isolated.
        _guestA.Guest.Route.AddRoute(new IPNetwork(s_guestBIp, 32), s_gateway);
        Assert.Null(await Probe.TcpAsync(_guestA.Guest, s_guestBIp, 80, expected: false));
    }

    [Fact]
    public async Task World_ToAGuest_GetsNoAnswer()
    {
        _outside.Route.AddRoute(s_settings.Subnet, s_hostOutside);
        Assert.Null(await Probe.TcpAsync(_outside, s_guestAIp, 80, expected: false));
    }

    [Fact]
    public async Task Guest_WithAForgedAddress_ReachesNothing()
    {
        _guestA.Guest.Route.DeleteAddress(_guestA.LinkIndex, s_guestAIp, 24);
        _guestA.Guest.Route.AddAddress(_guestA.LinkIndex, IPAddress.Parse("192.168.127.77"), 24);
        _guestA.Guest.Route.AddDefaultRoute(s_gateway);
        _guestA.Guest.Route.SetNeighbour(_guestA.LinkIndex, s_gateway, _host.Route.GetLink("viperbr0")!.Address!.Value);
        Assert.Null(await Probe.TcpAsync(_guestA.Guest, s_world, 80, expected: false));
        Assert.Null(await Probe.UdpAsync(_guestA.Guest, s_world, 53, expected: false));
        Assert.NotNull(await Probe.TcpAsync(_guestB.Guest, s_world, 80, expected: true));
    }

    [Fact]
    public async Task Guest_WithAForgedEthernetAddress_ReachesNothing()
    {
        _guestA.Guest.Route.SetMac(_guestA.LinkIndex, s_guestBMac);
        Assert.Null(await Probe.TcpAsync(_guestA.Guest, s_world, 80, expected: false));
        Assert.NotNull(await Probe.TcpAsync(_guestB.Guest, s_world, 80, expected: true));
    }

    [Fact]
    public async Task Guest_ClaimingTheGatewaysAddress_DoesNotTakeItFromTheOther()
    {
        _guestA.Guest.Route.AddAddress(_guestA.LinkIndex, s_gateway, 32);
        Assert.NotNull(await Probe.TcpAsync(_guestB.Guest, s_world, 80, expected: true));
        Assert.Equal(
            _host.Route.GetLink("viperbr0")!.Address,
            _guestB.Guest.Route.ListNeighbours().Single(entry => entry.Address.Equals(s_gateway)).Mac);
    }

    public void Dispose()
    {
        foreach (Socket service in _services)
        {
            service.Dispose();
        }

        _guestA.Dispose();
        _guestB.Dispose();
        _vms.Dispose();
        _host.Dispose();
        _outside.Dispose();
    }

    // Each address has sockets of its own: one bound to all would answer UDP from whichever address it likes.
    private void Offer(NetNsFixture where, params IPAddress[] addresses)
    {
        foreach (IPAddress address in addresses)
        {
            _services.Add(Probe.Serve(where, address, 80));
            _services.Add(Probe.Serve(where, address, 53));
            _services.Add(Probe.Echo(where, address, 53));
            _services.Add(Probe.Echo(where, address, 5353));
        }
    }
}
