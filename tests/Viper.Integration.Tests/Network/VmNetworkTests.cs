using System.Net;

using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

public sealed class VmNetworkTests : IDisposable
{
    private static readonly HostNetworkSettings s_settings = new();
    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:5e:00:53:02");
    private static readonly IPAddress s_ip = IPAddress.Parse("192.168.127.2");
    private readonly NetNsFixture _ns = new();
    private readonly VmNetwork _vms;

    public VmNetworkTests()
    {
        _ns.Run(() =>
        {
            using HostNetwork host = new(s_settings);
            host.Apply();
        });
        _vms = _ns.Run(() => new VmNetwork(s_settings));
    }

    [Fact]
    public void Attach_OneVm_IsAnIsolatedSilentPortWithItsEntries()
    {
        _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip, ownerUid: 1000));

        Link bridge = _ns.Route.GetLink("viperbr0")!;
        Link tap = _ns.Route.GetLink("vt00000002")!;
        Assert.Equal((bridge.Index, true), (tap.Master, tap.IsUp));
        BridgePortSettings port = tap.BridgePort!;
        Assert.Equal(
            (true, false, false, false, false),
            (port.Isolated, port.Learning, port.UnicastFlood, port.MulticastFlood, port.BroadcastFlood));
        Assert.Contains(new ForwardingEntry(tap.Index, bridge.Index, s_mac, IsStatic: true, IsLocal: false), _ns.Route.ListForwarding());
        Assert.Contains(new Neighbour(bridge.Index, s_ip, s_mac, IsPermanent: true), _ns.Route.ListNeighbours());
        Assert.Equal(["vt00000002"], _vms.ListTaps());
    }

    /// <summary>
    /// A bridge without an address of its own takes the lowest of its ports', and the kernel drops every neighbour of a
    /// link whose address changes, permanent ones too: guests were out of reach from the next VM on.
    /// </summary>
    [Fact]
    public async Task Attach_OfFurtherVms_KeepsTheBridgesAddressAndTheirNeighbours()
    {
        MacAddress? address = _ns.Route.GetLink("viperbr0")!.Address;
        List<Neighbour> expected = [];
        for (int i = 2; i < 18; i++)
        {
            MacAddress mac = MacAddress.Parse($"02:00:5e:00:53:{i:x2}");
            IPAddress ip = IPAddress.Parse($"192.168.127.{i}");
            _ns.Run(() => _vms.Attach($"vt000000{i:x2}", mac, ip));
            expected.Add(new Neighbour(_ns.Route.GetLink("viperbr0")!.Index, ip, mac, IsPermanent: true));
        }

        Assert.Equal(address, _ns.Route.GetLink("viperbr0")!.Address);
        Assert.Empty(expected.Except(_ns.Route.ListNeighbours()));
        for (int i = 2; i < 17; i++)
        {
            Assert.True(await _vms.DetachAsync($"vt000000{i:x2}"));
        }

        Assert.Equal(address, _ns.Route.GetLink("viperbr0")!.Address);
        Assert.Contains(expected[^1], _ns.Route.ListNeighbours());
    }

    [Fact]
    public async Task Detach_OneVm_LeavesNothing()
    {
        string before = State();
        _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip));
        Assert.NotEqual(before, State());
        Assert.True(await _vms.DetachAsync("vt00000002"));
        Assert.Equal(before, State());
        Assert.False(await _vms.DetachAsync("vt00000002"));
    }

    [Fact]
    public async Task Detach_ByAnotherProcess_LeavesNothing()
    {
        string before = State();
        _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip));
        using VmNetwork restarted = _ns.Run(() => new VmNetwork(s_settings));
        Assert.True(await restarted.DetachAsync("vt00000002"));
        Assert.Equal(before, State());
    }

    [Fact]
    public void Attach_NameTaken_LeavesTheOtherAlone()
    {
        _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip));
        string before = State();
        Assert.Throws<TapException>(() => _ns.Run(() => _vms.Attach("vt00000002", MacAddress.Parse("02:00:5e:00:53:03"), IPAddress.Parse("192.168.127.3"))));
        Assert.Equal(before, State());
    }

    [Fact]
    public void Attach_FilterMissing_UndoesEveryStep()
    {
        _ns.Execute("nft", "delete table bridge viper");
        string before = State();
        HostNetworkException e = Assert.Throws<HostNetworkException>(() => _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip)));
        Assert.Equal(NetworkRefusal.NotSetUp, e.Reason);
        Assert.Equal(before, State());
    }

    [Fact]
    public void Attach_BridgeMissing_IsRefused()
    {
        _ns.Route.DeleteLink("viperbr0");
        Assert.Equal(
            NetworkRefusal.NotSetUp,
            Assert.Throws<HostNetworkException>(() => _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip))).Reason);
        Assert.Null(_ns.Route.GetLink("vt00000002"));
    }

    [Theory]
    [InlineData("eth0", "02:00:5e:00:53:02", "192.168.127.2")]
    [InlineData("vt-name-that-is-too-long", "02:00:5e:00:53:02", "192.168.127.2")]
    [InlineData("vt1", "01:00:5e:00:53:02", "192.168.127.2")]
    [InlineData("vt1", "00:00:00:00:00:00", "192.168.127.2")]
    [InlineData("vt1", "02:00:5e:00:53:02", "192.168.127.1")]
    [InlineData("vt1", "02:00:5e:00:53:02", "10.0.0.2")]
    public void Attach_WhatCannotBeAGuest_IsMisuse(string name, string mac, string ip) =>
        Assert.Throws<ArgumentException>(() => _vms.Attach(name, MacAddress.Parse(mac), IPAddress.Parse(ip)));

    [Fact]
    public void ListTaps_LinksOfOthers_AreLeftOut()
    {
        _ns.Run(() => _vms.Attach("vt00000002", s_mac, s_ip));
        _ns.Run(() => TapDevice.Create("vtloose", new TapOptions { IsPersistent = true }).Dispose());
        _ns.Route.AddVeth("vtveth", "peer");
        _ns.Route.SetMaster(_ns.Route.GetLink("vtveth")!.Index, _ns.Route.GetLink("viperbr0")!.Index);
        Assert.Equal(["vt00000002"], _vms.ListTaps());
    }

    /// <summary>What a packet passes is the same whoever else is there.</summary>
    [Fact]
    public void Attach_OfManyVms_AddsNoRule()
    {
        int before = Rules();
        for (int i = 0; i < 50; i++)
        {
            _ns.Run(() => _vms.Attach(Name(i), Mac(i), Ip(i)));
        }

        Assert.Equal(before, Rules());
    }

    [Fact]
    public async Task Attach_TwoHundredByThirtyTwoTasks_AreAllThereAndAllGo()
    {
        const int Count = 200;
        const int Tasks = 32;
        string before = State();
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() => _ns.Run(() =>
        {
            for (int i = task; i < Count; i += Tasks)
            {
                _vms.Attach(Name(i), Mac(i), Ip(i));
            }
        }))));
        Assert.Equal(Enumerable.Range(0, Count).Select(Name).Order(StringComparer.Ordinal), _vms.ListTaps());

        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i => Assert.True(await _vms.DetachAsync(Name(i)))));
        Assert.Equal(before, State());
    }

    [Fact]
    public async Task AttachAndDetach_ManyTimes_LeaveNoDescriptor()
    {
        _ns.Run(() => _vms.Attach(Name(0), Mac(0), Ip(0)));
        await _vms.DetachAsync(Name(0));
        string before = State();
        int open = TunDescriptors();
        for (int i = 0; i < 500; i++)
        {
            int vm = i % 200;
            _ns.Run(() => _vms.Attach(Name(vm), Mac(vm), Ip(vm)));
            Assert.True(await _vms.DetachAsync(Name(vm)));
        }

        Assert.Equal(before, State());
        Assert.InRange(TunDescriptors(), 0, open + 8);
    }

    public void Dispose()
    {
        _vms.Dispose();
        _ns.Dispose();
    }

    private int Rules() => _ns.Execute("nft", "list", "ruleset").Split('\n').Count(static line => line.Contains(" comment ", StringComparison.Ordinal));

    private static string Name(int i) => $"vt{i:x8}";

    private static MacAddress Mac(int i) => new([2, 0, 0x5e, 0, 0x53, (byte)(i + 2)]);

    private static IPAddress Ip(int i) => new([192, 168, 127, (byte)(i + 2)]);

    // Counted by what they point at, because other tests open sockets and files of their own at the same time.
    private static int TunDescriptors() =>
        Directory.GetFileSystemEntries("/proc/self/fd").Count(entry => new FileInfo(entry).LinkTarget == "/dev/net/tun");

    private string State() => string.Join(
        '\n',
        string.Join(' ', _ns.Route.ListLinks().Select(link => link.Name).Order(StringComparer.Ordinal)),
        string.Join(' ', _ns.Route.ListNeighbours().Where(entry => entry.IsPermanent && entry.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)),
        string.Join(' ', _ns.Route.ListForwarding().Where(entry => entry.IsStatic)),
        _ns.Execute("nft", "list", "ruleset"));
}
