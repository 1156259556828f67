using System.Net;
using System.Net.Sockets;
using System.Text.Json;

using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class RouteSocketTests : IDisposable
{
    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:5e:00:53:01");
    private readonly NetNsFixture _ns = new();

    [Fact]
    public void List_OfOneFamily_LeavesTheOtherOut()
    {
        int link = _ns.Route.GetLink("lo")!.Index;
        _ns.Route.AddAddress(link, IPAddress.Parse("2001:db8::1"), 128);
        Assert.All(_ns.Route.ListAddresses(AddressFamily.InterNetwork), static address => Assert.Equal(AddressFamily.InterNetwork, address.Address.AddressFamily));
        Assert.NotEmpty(_ns.Route.ListAddresses(AddressFamily.InterNetworkV6));
        Assert.All(_ns.Route.ListRoutes(AddressFamily.InterNetwork), static route => Assert.Equal(AddressFamily.InterNetwork, route.Destination.BaseAddress.AddressFamily));
        Assert.NotEmpty(_ns.Route.ListRoutes(AddressFamily.InterNetworkV6));
        Assert.Throws<ArgumentException>(() => _ns.Route.ListRoutes(AddressFamily.Unix));
    }

    [Fact]
    public void AddBridge_Twice_SaysThatItExists()
    {
        Assert.True(_ns.Route.AddBridge("br0"));
        Assert.False(_ns.Route.AddBridge("br0"));
        Assert.Equal("bridge", _ns.Route.GetLink("br0")!.Kind);
    }

    [Fact]
    public void GetLink_Absent_IsNull()
    {
        Assert.Null(_ns.Route.GetLink("nothing"));
        Assert.Null(_ns.Route.GetLink(4711));
    }

    [Fact]
    public void DeleteLink_Absent_IsFalse()
    {
        Assert.False(_ns.Route.DeleteLink("nothing"));
        Assert.False(_ns.Route.DeleteLink(4711));
    }

    [Fact]
    public void DeleteLink_Present_IsGone()
    {
        _ns.Route.AddBridge("br0");
        Assert.True(_ns.Route.DeleteLink("br0"));
        Assert.Null(_ns.Route.GetLink("br0"));
    }

    [Fact]
    public void AddVeth_PeerElsewhere_IsInTheOtherNamespace()
    {
        using NetNsFixture other = new();
        Assert.True(_ns.Route.AddVeth("left", "right", other.Namespace));
        Assert.NotNull(_ns.Route.GetLink("left"));
        Assert.Null(_ns.Route.GetLink("right"));
        Assert.NotNull(other.Route.GetLink("right"));
    }

    [Fact]
    public void Move_Link_LeavesHereAndArrivesThere()
    {
        using NetNsFixture other = new();
        _ns.Route.AddVeth("left", "right");
        _ns.Route.Move(_ns.Route.GetLink("right")!.Index, other.Namespace);
        Assert.Null(_ns.Route.GetLink("right"));
        Assert.NotNull(other.Route.GetLink("right"));
    }

    [Fact]
    public void LinkSettings_Changed_AreWhatIpShows()
    {
        _ns.Route.AddBridge("br0");
        _ns.Route.AddVeth("left", "right");
        Link bridge = _ns.Route.GetLink("br0")!;
        int left = _ns.Route.GetLink("left")!.Index;
        _ns.Route.SetMac(left, s_mac);
        _ns.Route.SetMtu(left, 1400);
        _ns.Route.SetMaster(left, bridge.Index);
        _ns.Route.SetAlias(left, "a text");
        _ns.Route.Rename(left, "port");
        _ns.Route.SetUp(left);
        _ns.Route.SetBridgePort(left, new BridgePortSettings { Isolated = true, Learning = false, UnicastFlood = false, MulticastFlood = false, BroadcastFlood = false, Guard = true });

        Link ours = _ns.Route.GetLink("port")!;
        JsonElement link = Json(_ns.Execute("ip", "-d", "-j", "link", "show", "port"));
        JsonElement port = link.GetProperty("linkinfo").GetProperty("info_slave_data");

        Assert.Equal(s_mac.ToString(), link.GetProperty("address").GetString());
        Assert.Equal(1400, link.GetProperty("mtu").GetInt32());
        Assert.Equal("br0", link.GetProperty("master").GetString());
        Assert.Equal("a text", link.GetProperty("ifalias").GetString());
        Assert.Contains("UP", link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
        Assert.True(port.GetProperty("isolated").GetBoolean());
        Assert.False(port.GetProperty("learning").GetBoolean());
        Assert.False(port.GetProperty("flood").GetBoolean());
        Assert.False(port.GetProperty("mcast_flood").GetBoolean());
        Assert.False(port.GetProperty("bcast_flood").GetBoolean());
        Assert.True(port.GetProperty("guard").GetBoolean());
        Assert.Equal((s_mac, 1400, bridge.Index, "a text", true), (ours.Address, ours.Mtu, ours.Master, ours.Alias, ours.IsUp));
        Assert.Equal(
            new BridgePortSettings { Isolated = true, Learning = false, UnicastFlood = false, MulticastFlood = false, BroadcastFlood = false, Guard = true, NeighbourSuppression = false, Hairpin = false },
            ours.BridgePort);
    }

    [Fact]
    public void SetMaster_Null_FreesTheLink()
    {
        _ns.Route.AddBridge("br0");
        _ns.Route.AddVeth("left", "right");
        int left = _ns.Route.GetLink("left")!.Index;
        _ns.Route.SetMaster(left, _ns.Route.GetLink("br0")!.Index);
        _ns.Route.SetMaster(left, null);
        Assert.Null(_ns.Route.GetLink("left")!.Master);
    }

    [Fact]
    public void AddAddress_Twice_SaysThatItExists()
    {
        _ns.Route.AddBridge("br0");
        int link = _ns.Route.GetLink("br0")!.Index;
        IPAddress address = IPAddress.Parse("192.0.2.1");
        Assert.True(_ns.Route.AddAddress(link, address, 24));
        Assert.False(_ns.Route.AddAddress(link, address, 24));
        Assert.Contains(new LinkAddress(link, address, 24), _ns.Route.ListAddresses());
        Assert.True(_ns.Route.DeleteAddress(link, address, 24));
        Assert.False(_ns.Route.DeleteAddress(link, address, 24));
    }

    [Fact]
    public void AddRoute_DefaultAndNetwork_AreWhatIpShows()
    {
        _ns.Route.AddVeth("left", "right");
        int link = _ns.Route.GetLink("left")!.Index;
        _ns.Route.SetUp(link);
        _ns.Route.SetUp(_ns.Route.GetLink("right")!.Index);
        _ns.Route.AddAddress(link, IPAddress.Parse("192.0.2.1"), 24);
        IPAddress gateway = IPAddress.Parse("192.0.2.254");
        IPNetwork network = IPNetwork.Parse("198.51.100.0/24");
        Assert.True(_ns.Route.AddDefaultRoute(gateway));
        Assert.False(_ns.Route.AddDefaultRoute(gateway));
        Assert.True(_ns.Route.AddRoute(network, null, link));

        string[] shown = [.. Json(_ns.Execute("ip", "-j", "route"), whole: true).EnumerateArray().Select(route => route.GetProperty("dst").GetString()!)];
        Assert.Contains("default", shown);
        Assert.Contains("198.51.100.0/24", shown);
        Assert.Contains(_ns.Route.ListRoutes(), route => route.Destination.PrefixLength == 0 && gateway.Equals(route.Gateway) && route.Table == 254);
        Assert.True(_ns.Route.DeleteRoute(network));
        Assert.False(_ns.Route.DeleteRoute(network));
    }

    [Fact]
    public void SetNeighbour_Permanent_IsWhatIpShows()
    {
        _ns.Route.AddBridge("br0");
        int link = _ns.Route.GetLink("br0")!.Index;
        IPAddress address = IPAddress.Parse("192.0.2.9");
        _ns.Route.SetNeighbour(link, address, s_mac);

        JsonElement shown = Json(_ns.Execute("ip", "-j", "neigh", "show", "nud", "permanent", "dev", "br0"));
        Assert.Equal(("192.0.2.9", s_mac.ToString()), (shown.GetProperty("dst").GetString(), shown.GetProperty("lladdr").GetString()));
        Assert.Contains(new Neighbour(link, address, s_mac, IsPermanent: true), _ns.Route.ListNeighbours());
        Assert.True(_ns.Route.DeleteNeighbour(link, address));
        Assert.False(_ns.Route.DeleteNeighbour(link, address));
    }

    [Fact]
    public void SetForwarding_Pinned_IsStaticAndNotLocal()
    {
        _ns.Route.AddBridge("br0");
        _ns.Route.AddVeth("left", "right");
        int bridge = _ns.Route.GetLink("br0")!.Index;
        int port = _ns.Route.GetLink("left")!.Index;
        _ns.Route.SetMaster(port, bridge);
        _ns.Route.SetForwarding(port, s_mac);

        Assert.Contains(new ForwardingEntry(port, bridge, s_mac, IsStatic: true, IsLocal: false), _ns.Route.ListForwarding());
        JsonElement shown = Json(_ns.Execute("bridge", "-j", "fdb", "show", "dev", "left"), whole: true).EnumerateArray()
            .Single(entry => entry.GetProperty("mac").GetString() == s_mac.ToString());
        Assert.Equal("static", shown.GetProperty("state").GetString());
        Assert.True(_ns.Route.DeleteForwarding(port, s_mac));
        Assert.False(_ns.Route.DeleteForwarding(port, s_mac));
    }

    [Fact]
    public void SetUp_NoSuchLink_CarriesTheKernelsErrno() =>
        Assert.Equal(ErrnoConstants.ENODEV, Assert.Throws<NetlinkException>(() => _ns.Route.SetUp(4711)).Errno);

    [Fact]
    public void SetMtu_TooLarge_CarriesTheKernelsWords()
    {
        _ns.Route.AddVeth("left", "right");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _ns.Route.SetMtu(_ns.Route.GetLink("left")!.Index, 1_000_000));
        Assert.Equal(ErrnoConstants.EINVAL, e.Errno);
        Assert.Contains("mtu", e.KernelMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void ListLinks_ManyLinks_AreAllThere()
    {
        const int Count = 300;
        for (int i = 0; i < Count; i++)
        {
            _ns.Route.AddBridge($"b{i}");
        }

        string[] names = [.. _ns.Route.ListLinks().Select(link => link.Name)];
        Assert.Superset(Enumerable.Range(0, Count).Select(i => $"b{i}").ToHashSet(), names.ToHashSet());
    }

    [Fact]
    public async Task Requests_FromManyThreads_EachGetTheirOwnAnswer()
    {
        for (int i = 0; i < 8; i++)
        {
            _ns.Route.AddBridge($"b{i}");
        }

        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal($"b{i % 8}", _ns.Route.GetLink($"b{i % 8}")!.Name);
            Assert.Null(_ns.Route.GetLink("nothing"));
            return ValueTask.CompletedTask;
        });
    }

    public void Dispose() => _ns.Dispose();

    private static JsonElement Json(string text, bool whole = false)
    {
        JsonElement root = JsonDocument.Parse(text).RootElement;
        return whole ? root : root.EnumerateArray().First(item => item.EnumerateObject().Any());
    }
}
