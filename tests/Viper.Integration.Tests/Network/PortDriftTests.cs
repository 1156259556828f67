using Viper.Contracts;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>What a person changes of a VM's port with the usual programs is found and put back.</summary>
public sealed class PortDriftTests : IDisposable
{
    private readonly PolicyStage _stage = new();

    [Theory]
    [InlineData("bridge link set dev vt00000002 isolated off")]
    [InlineData("bridge link set dev vt00000002 learning on")]
    [InlineData("bridge link set dev vt00000002 flood on")]
    [InlineData("bridge link set dev vt00000002 mcast_flood on")]
    [InlineData("bridge link set dev vt00000002 bcast_flood on")]
    [InlineData("bridge link set dev vt00000002 guard off")]
    [InlineData("bridge link set dev vt00000002 hairpin on")]
    [InlineData("ip link set vt00000002 nomaster")]
    [InlineData("bridge fdb del 02:00:5e:00:53:02 dev vt00000002 master")]
    [InlineData("ip neigh del 192.168.127.2 dev viperbr0")]
    [InlineData("ip neigh replace 192.168.127.2 lladdr 02:00:5e:00:53:03 dev viperbr0")]
    public async Task Repair_SomebodyChangedAPort_FindsItAndPutsItBack(string command)
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "open" }).Guest;
        _stage.Add("other", new NetworkSpec { Policy = "open" });
        Assert.Empty(Repair());
        string before = State();
        string[] words = command.Split(' ');
        _stage.Host.Execute(words[0], words[1..]);

        Assert.Equal(["port vt00000002"], Repair());

        Assert.Equal(before, State());
        Assert.Empty(Repair());
        Assert.NotNull(await Probe.TcpAsync(guest, PolicyStage.Address("world"), PolicyStage.Web, expected: true));
        Assert.NotNull(await Probe.TcpAsync(_stage.Host, PolicyStage.IpOf(2), PolicyStage.Web, expected: true));
    }

    [Theory]
    [InlineData("tc qdisc del dev vt00000002 root")]
    [InlineData("tc qdisc replace dev vt00000002 root tbf rate 9mbit burst 64k limit 128k")]
    public void Repair_SomebodyChangedALimit_PutsItBack(string command)
    {
        _stage.Add("guest", new NetworkSpec { Policy = "open", DownKbps = 2000 });
        Assert.Empty(Repair());
        string[] words = command.Split(' ');
        _stage.Host.Execute(words[0], words[1..]);

        Assert.Equal(["port vt00000002"], Repair());

        Assert.Contains("rate 2Mbit", _stage.Host.Execute("tc", "qdisc", "show", "dev", "vt00000002"), StringComparison.Ordinal);
        Assert.Empty(Repair());
    }

    [Fact]
    public void Repair_PortThatIsDownToo_IsUpAgain()
    {
        _stage.Add("guest", new NetworkSpec { Policy = "open" });
        _stage.Host.Execute("ip", "link", "set", "vt00000002", "down");
        _stage.Host.Execute("bridge", "link", "set", "dev", "vt00000002", "isolated", "off");

        Assert.NotEmpty(Repair());

        Assert.True(_stage.Host.Route.GetLink("vt00000002")!.IsUp);
    }

    [Fact]
    public void Repair_BridgeDeleted_PutsItsPortsBackToo()
    {
        _stage.Add("guest", new NetworkSpec { Policy = "open" });
        string before = State();
        _stage.Host.Route.DeleteLink("viperbr0");
        Assert.NotEmpty(Repair());
        Assert.Equal(before, State());
        Assert.Empty(Repair());
    }

    /// <summary>A tap that is gone is the engine's to tell: its VM is.</summary>
    [Fact]
    public void Repair_TapIsGone_IsNoDrift()
    {
        _stage.Add("guest", new NetworkSpec { Policy = "open" });
        _stage.Host.Route.DeleteLink("vt00000002");
        Assert.Empty(Repair());
    }

    public void Dispose() => _stage.Dispose();

    private IReadOnlyList<string> Repair() => _stage.Host.Run(() => _stage.Vms.Repair(_stage.HostNetwork));

    private string State()
    {
        string[] taps = [PolicyStage.TapOf(2), PolicyStage.TapOf(3)];
        return string.Join(
            '\n',
            string.Join(' ', taps.Select(tap => _stage.Host.Route.GetLink(tap)).Select(link => $"{link?.Name} {link?.IsUp} {link?.Master == Bridge()} {link?.BridgePort}")),
            string.Join(' ', _stage.Host.Route.ListForwarding().Where(static entry => entry is { IsStatic: true, IsLocal: false }).Select(static entry => $"{entry.LinkIndex} {entry.Mac}").Order(StringComparer.Ordinal)),
            string.Join(' ', _stage.Host.Route.ListNeighbours().Where(entry => entry.IsPermanent && entry.LinkIndex == Bridge())
                .Select(static entry => $"{entry.Address} {entry.Mac}").Where(static entry => entry.StartsWith("192.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
    }

    private int Bridge() => _stage.Host.Route.GetLink("viperbr0")!.Index;
}
