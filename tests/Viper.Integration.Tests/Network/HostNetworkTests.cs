using System.Net;
using System.Text.RegularExpressions;

using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

public sealed partial class HostNetworkTests : IDisposable
{
    private static readonly HostNetworkSettings s_settings = new() { DnsServers = [IPAddress.Parse("10.9.9.9")] };
    private readonly NetNsFixture _ns = new();

    [Fact]
    public void Apply_FreshHost_MakesEveryStepDone()
    {
        With(network => Assert.All(network.Plan(), step => Assert.False(step.IsDone, step.Name)));
        With(network => network.Apply());
        With(network => Assert.All(network.Plan(), step => Assert.True(step.IsDone, step.Name)));
    }

    [Fact]
    public void Apply_Twice_ChangesNothing()
    {
        With(network => network.Apply());
        string before = Dump(handles: true);
        With(network => network.Apply());
        Assert.Equal(before, Dump(handles: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Remove_AfterApply_LeavesTheHostAsItWas(bool forwarding)
    {
        _ns.Run(() => Sysctl.WriteFlag(Sysctl.Ipv4Forward, forwarding));
        _ns.Execute("nft", "add table inet other");
        string before = Dump();
        With(network => network.Apply());
        Assert.NotEqual(before, Dump());
        _ns.Run(() =>
        {
            using VmNetwork vms = new(s_settings);
            vms.Attach("vt00000001", MacAddress.Parse("02:00:5e:00:53:01"), IPAddress.Parse("192.168.127.2"));
        });

        With(network => Assert.True(network.Remove()));

        Assert.Equal(before, Dump());
        With(network => Assert.False(network.Remove()));
    }

    [Fact]
    public void Remove_AfterAFirewallReload_StillRestoresForwarding()
    {
        With(network => network.Apply());
        _ns.Execute("nft", "flush ruleset");
        With(network => Assert.True(network.Remove()));
        Assert.False(_ns.Run(() => Sysctl.ReadFlag(Sysctl.Ipv4Forward)));
    }

    [Fact]
    public void Apply_AfterAFirewallReload_RestoresTheFilter()
    {
        With(network => network.Apply());
        _ns.Execute("nft", "flush ruleset");
        With(network => network.Apply());
        With(network => Assert.All(network.Check(), finding => Assert.Equal(FindingLevel.Ok, finding.Level)));
    }

    [Fact]
    public void Apply_FilterChangedBySomeone_MakesItOursAndKeepsGuests()
    {
        With(network => network.Apply());
        _ns.Run(() =>
        {
            using VmNetwork vms = new(s_settings);
            vms.Attach("vt00000001", MacAddress.Parse("02:00:5e:00:53:01"), IPAddress.Parse("192.168.127.2"));
        });
        _ns.Execute("nft", "flush chain bridge viper guest");
        With(network => network.Apply());
        Assert.Contains("\"vt00000001\" . 02:00:5e:00:53:01 . 192.168.127.2", _ns.Execute("nft", "list", "ruleset"), StringComparison.Ordinal);
        With(network => Assert.All(network.Plan(), step => Assert.True(step.IsDone, step.Name)));
    }

    [Fact]
    public void Check_FreshHost_SaysWhatIsMissingAndWhatToDo()
    {
        IReadOnlyList<NetworkFinding> findings = [];
        With(network => findings = network.Check());
        Assert.Equal(
            ["bridge", "address", "forwarding", "filter", "anti-spoof"],
            findings.Where(finding => finding.Level == FindingLevel.Failure).Select(finding => finding.Name));
        Assert.All(findings.Where(finding => finding.Level != FindingLevel.Ok), finding => Assert.NotEmpty(finding.Remedy));
    }

    [Fact]
    public void Check_RuleDeleted_SaysThatTheFilterDrifted()
    {
        With(network => network.Apply());
        _ns.Execute("nft", "flush chain inet viper input");
        NetworkFinding finding = null!;
        With(network => finding = network.Check().Single(item => item.Name == "filter"));
        Assert.Equal(FindingLevel.Failure, finding.Level);
        Assert.Contains("chain input", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_AddressOnAnotherLink_IsRefusedAndNothingChanges()
    {
        AddAddress("192.168.127.1", 32);
        Refused(NetworkRefusal.AddressInUse, "other0");
    }

    [Theory]
    [InlineData("192.168.127.9", 24)]
    [InlineData("192.168.0.1", 16)]
    [InlineData("192.168.127.200", 29)]
    public void Apply_OverlappingAddress_IsRefusedAndNothingChanges(string address, int prefix)
    {
        AddAddress(address, prefix);
        Refused(NetworkRefusal.SubnetOverlap, "other0");
    }

    [Fact]
    public void Apply_OverlappingRoute_IsRefusedAndNothingChanges()
    {
        AddAddress("10.0.0.1", 24);
        _ns.Route.AddRoute(IPNetwork.Parse("192.168.126.0/23"), IPAddress.Parse("10.0.0.2"));
        Refused(NetworkRefusal.SubnetOverlap, "other0");
    }

    [Fact]
    public void Apply_NameOfALinkThatIsNotABridge_IsRefusedAndNothingChanges()
    {
        _ns.Route.AddVeth("viperbr0", "peer");
        Refused(NetworkRefusal.NameTaken, "viperbr0");
    }

    [Fact]
    public void Apply_BridgeOfSomebodyElse_IsRefusedAndNothingChanges()
    {
        _ns.Route.AddBridge("viperbr0");
        _ns.Route.AddVeth("port", "peer");
        _ns.Route.SetMaster(_ns.Route.GetLink("port")!.Index, _ns.Route.GetLink("viperbr0")!.Index);
        Refused(NetworkRefusal.NameTaken, "viperbr0");
    }

    [Theory]
    [InlineData("192.168.127.0", "192.168.127.0/24")]
    [InlineData("192.168.127.255", "192.168.127.0/24")]
    [InlineData("10.0.0.1", "192.168.127.0/24")]
    [InlineData("fd00::1", "fd00::/64")]
    [InlineData("192.168.127.1", "192.168.127.0/31")]
    public void Constructor_ContradictorySettings_AreRefused(string address, string subnet)
    {
        HostNetworkSettings settings = s_settings with { Address = IPAddress.Parse(address), Subnet = IPNetwork.Parse(subnet) };
        Assert.Equal(
            NetworkRefusal.InvalidSettings,
            Assert.Throws<HostNetworkException>(() => _ns.Run(() => new HostNetwork(settings).Dispose())).Reason);
    }

    public void Dispose() => _ns.Dispose();

    private void With(Action<HostNetwork> work) => _ns.Run(() =>
    {
        using HostNetwork network = new(s_settings);
        work(network);
    });

    private void AddAddress(string address, int prefix)
    {
        _ns.Route.AddVeth("other0", "other1");
        int link = _ns.Route.GetLink("other0")!.Index;
        _ns.Route.SetUp(link);
        _ns.Route.SetUp(_ns.Route.GetLink("other1")!.Index);
        _ns.Route.AddAddress(link, IPAddress.Parse(address), prefix);
    }

    private void Refused(NetworkRefusal reason, string link)
    {
        string before = Dump();
        HostNetworkException e = Assert.Throws<HostNetworkException>(() => With(network => network.Apply()));
        Assert.Equal((reason, link), (e.Reason, e.LinkName));
        Assert.Equal(before, Dump());
    }

    private string Dump(bool handles = false) =>
        Volatile().Replace(
            string.Join(
                '\n',
                _ns.Execute("ip", "-d", "link"),
                _ns.Execute("ip", "-4", "addr"),
                _ns.Execute("ip", "-4", "route", "show", "table", "all"),
                _ns.Execute("ip", "neigh", "show", "nud", "permanent"),
                _ns.Execute("nft", handles ? ["-a", "list", "ruleset"] : ["list", "ruleset"]),
                _ns.Run(() => Sysctl.Read(Sysctl.Ipv4Forward))),
            "");

    // Timers and carrier states that move by themselves.
    [GeneratedRegex(@"NO-CARRIER,|,LOWER_UP|,M-DOWN| linkdown|(?:hello_timer|tcn_timer|topology_change_timer|gc_timer|state) +\S+")]
    private static partial Regex Volatile();
}
