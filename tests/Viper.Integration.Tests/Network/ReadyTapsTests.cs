using System.Diagnostics;
using System.Net;

using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>Taps that are made before they are asked for.</summary>
public sealed class ReadyTapsTests : IDisposable
{
    private const int Ready = 2;
    private const string Tap = "vt00000002";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);
    private static readonly HostNetworkSettings s_settings = new() { ReadyTaps = Ready };
    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:5e:00:53:02");
    private static readonly IPAddress s_ip = IPAddress.Parse("192.168.127.2");
    private readonly NetNsFixture _ns = new();
    private readonly VmNetwork _vms;

    public ReadyTapsTests()
    {
        SetUp();
        _vms = _ns.Run(() => new VmNetwork(s_settings));
        Wait();
    }

    [Fact]
    public void Wait_OnTheBridge_AreIsolatedSilentAndDown()
    {
        int bridge = Bridge();
        Assert.All(Waiting(), link =>
        {
            Assert.Equal((bridge, false), (link.Master, link.IsUp));
            Assert.True(GuestPorts.IsPortOf(bridge, link));
        });
        Assert.Empty(_vms.ListTaps());
        Assert.DoesNotContain(_ns.Route.ListForwarding(), static entry => entry.IsStatic && !entry.IsLocal);
    }

    [Fact]
    public async Task Attach_ATapIsReady_TakesItAndAnotherIsMade()
    {
        int[] before = [.. Waiting().Select(static link => link.Index)];
        Attach();

        Link tap = _ns.Route.GetLink(Tap)!;
        Assert.Contains(tap.Index, before);
        Assert.True(tap.IsUp && GuestPorts.IsPortOf(Bridge(), tap));
        Assert.Contains(new ForwardingEntry(tap.Index, Bridge(), s_mac, IsStatic: true, IsLocal: false), _ns.Route.ListForwarding());
        Assert.Equal([Tap], _vms.ListTaps());
        Wait();

        Assert.True(await _vms.DetachAsync(Tap));
        Assert.Null(_ns.Route.GetLink(Tap));
        Assert.Equal(Ready, Waiting().Length);
    }

    [Fact]
    public void Attach_SomebodyChangedThePorts_UsesNoneOfThem()
    {
        foreach (Link link in Waiting())
        {
            _ns.Route.SetBridgePort(link.Index, new BridgePortSettings { Isolated = false });
        }

        int[] before = [.. Waiting().Select(static link => link.Index)];
        Attach();

        Link tap = _ns.Route.GetLink(Tap)!;
        Assert.DoesNotContain(tap.Index, before);
        Assert.True(GuestPorts.IsPortOf(Bridge(), tap));
        Wait();
        Assert.All(Waiting(), link => Assert.True(GuestPorts.IsPortOf(Bridge(), link)));
    }

    [Fact]
    public void Attach_TheBridgeWasMadeAnew_UsesNoneOfTheOldOnes()
    {
        _ns.Route.DeleteLink("viperbr0");
        SetUp();
        Attach();

        Assert.True(GuestPorts.IsPortOf(Bridge(), _ns.Route.GetLink(Tap)!));
        Wait();
    }

    [Fact]
    public void Attach_TheNameIsTaken_IsRefusedAndLeavesTheOtherAlone()
    {
        using TapDevice other = _ns.Run(() => TapDevice.Create(Tap));
        int index = _ns.Route.GetLink(Tap)!.Index;

        Assert.Throws<TapException>(Attach);

        Assert.Equal((index, null), (_ns.Route.GetLink(Tap)!.Index, _ns.Route.GetLink(Tap)!.Master));
        Assert.Empty(_vms.Attached);
        Wait();
    }

    [Fact]
    public void Attach_ForAnOwner_UsesNoneThatWaits()
    {
        int[] before = [.. Waiting().Select(static link => link.Index)];
        _ns.Run(() => _vms.Attach(Tap, s_mac, s_ip, ownerUid: 1000));

        Assert.DoesNotContain(_ns.Route.GetLink(Tap)!.Index, before);
        Assert.Equal(Ready, Waiting().Length);
    }

    [Fact]
    public void Dispose_TakesThoseThatWaitAndLeavesTheVms()
    {
        Attach();
        Wait();
        _vms.Dispose();

        Assert.Equal([Tap], _ns.Route.ListLinks().Where(static link => link.Kind == LinkKind.Tun).Select(static link => link.Name));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65)]
    public void Constructor_TooManyOrFewer_IsRefused(int count) => Assert.Equal(
        NetworkRefusal.InvalidSettings,
        Assert.Throws<HostNetworkException>(() => new VmNetwork(new HostNetworkSettings { ReadyTaps = count })).Reason);

    public void Dispose()
    {
        _vms.Dispose();
        _ns.Dispose();
    }

    private void SetUp() => _ns.Run(() =>
    {
        using HostNetwork host = new(s_settings);
        host.Apply();
    });

    private void Attach() => _ns.Run(() => _vms.Attach(Tap, s_mac, s_ip));

    private int Bridge() => _ns.Route.GetLink("viperbr0")!.Index;

    private Link[] Waiting() => [.. _ns.Route.ListLinks().Where(static link => link.Name.StartsWith("vp", StringComparison.Ordinal))];

    private void Wait()
    {
        long started = Stopwatch.GetTimestamp();
        while (_vms.Ready.Count < Ready)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_patience, "No tap was made ready.");
            Thread.Yield();
        }
    }
}
