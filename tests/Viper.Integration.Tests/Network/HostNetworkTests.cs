using System.Net;
using System.Net.Sockets;
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

    /// <summary>Every chain and every rule that nft shows afterwards was in the plan, in that order.</summary>
    [Fact]
    public void Plan_FreshHost_TellsEveryChainAndRule()
    {
        List<string> planned = [];
        With(network => planned = [.. network.Plan().SelectMany(static step => step.Details).Select(static line => line.Trim())]);
        With(network => network.Apply());

        foreach (string table in (string[])["inet viper", "bridge viper"])
        {
            string[] made =
            [
                .. _ns.Execute("nft", "list table " + table).Split('\n').Select(static line => line.Trim())
                    .Where(static line => line.StartsWith("chain ", StringComparison.Ordinal) || line.Contains("comment \"", StringComparison.Ordinal))
                    .Select(static line => line.StartsWith("chain ", StringComparison.Ordinal) ? line.TrimEnd(' ', '{') : line.Split("comment \"")[1].TrimEnd('"')),
            ];
            int at = 0;
            foreach (string line in made.Where(static line => !line.StartsWith("viper:", StringComparison.Ordinal)))
            {
                int found = planned.FindIndex(at, text => text == line || text.StartsWith(line + ":", StringComparison.Ordinal) || text.StartsWith(line + " at ", StringComparison.Ordinal));
                Assert.True(found >= 0, $"'{line}' of table {table} was not planned, or elsewhere.");
                at = found + 1;
            }

            planned.RemoveRange(0, at);
            Assert.NotEmpty(made);
        }

        Assert.All(planned, static line => Assert.StartsWith("all else: ", line, StringComparison.Ordinal));
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
    public void Remove_VmHoldsItsTap_IsRefusedUntilForced()
    {
        With(network => network.Apply());
        using TapDevice tap = _ns.Run(() =>
        {
            using VmNetwork vms = new(s_settings);
            vms.Attach("vt00000001", MacAddress.Parse("02:00:5e:00:53:01"), IPAddress.Parse("192.168.127.2"));
            return TapDevice.Open("vt00000001");
        });
        string before = Dump();

        With(network =>
        {
            HostNetworkException e = Assert.Throws<HostNetworkException>(() => network.Remove());
            Assert.Equal(NetworkRefusal.InUse, e.Reason);
            Assert.Contains("vt00000001", e.Message, StringComparison.Ordinal);
            Assert.Equal(e.Message, Assert.Throws<HostNetworkException>(() => network.PlanRemoval()).Message);
            Assert.Contains("vt00000001", network.PlanRemoval(force: true).Single(static step => step.Name == "taps").Description, StringComparison.Ordinal);
        });
        Assert.Equal(before, Dump());

        With(network => Assert.True(network.Remove(force: true)));
        With(network => Assert.All(network.PlanRemoval(), step => Assert.True(step.IsDone, step.Name)));
    }

    [Fact]
    public void Remove_DaemonHoldsTheBridge_IsRefused()
    {
        With(network => network.Apply());
        using Socket daemon = HoldAsADaemon();

        With(network => Assert.Equal(NetworkRefusal.InUse, Assert.Throws<HostNetworkException>(() => network.Remove()).Reason));
    }

    /// <summary>Forwarding is turned off with the last bridge, whichever that is.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remove_AnotherBridgeStays_ForwardingStaysForIt(bool firstGoesFirst)
    {
        string before = Dump();
        HostNetworkSettings other = s_settings with { BridgeName = "viperbr2", Address = IPAddress.Parse("192.168.201.1"), Subnet = IPNetwork.Parse("192.168.201.0/24") };
        HostNetworkSettings[] all = [s_settings, other];
        foreach (HostNetworkSettings settings in all)
        {
            With(network => network.Apply(), settings);
        }

        HostNetworkSettings[] order = firstGoesFirst ? all : [other, s_settings];
        With(network => Assert.True(network.Remove()), order[0]);

        Assert.True(_ns.Run(() => Sysctl.ReadFlag(Sysctl.Ipv4Forward)));
        With(network => network.Apply(), order[1]);
        With(network => Assert.All(network.Check(), static finding => Assert.NotEqual(FindingLevel.Failure, finding.Level)), order[1]);
        With(network => Assert.True(network.Remove()), order[1]);
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void PlanRemoval_AfterApply_NamesWhatGoes()
    {
        With(network => Assert.All(network.PlanRemoval(), step => Assert.True(step.IsDone, step.Name)));
        With(network => network.Apply());

        With(network => Assert.Equal(
            ["forwarding", "bridge", "anti-spoof", "filter"], network.PlanRemoval().Where(static step => !step.IsDone).Select(static step => step.Name)));
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

    [Theory]
    [InlineData("nft", "FORWARD")]
    [InlineData("nft", "DOCKER-USER")]
    [InlineData("legacy", "FORWARD")]
    public void Apply_HostDropsWhatItForwards_AcceptsGuestsThereAndRemoveTakesItBack(string variant, string chain)
    {
        string program = DropForward(variant);
        if (chain != "FORWARD")
        {
            _ns.Execute(program, "-N", chain);
            _ns.Execute(program, "-A", "FORWARD", "-j", chain);
        }

        string before = _ns.Execute(program, "-S");
        NetworkStep step = null!;
        With(network => step = network.Plan().Single(static item => item.Name == "iptables"));
        Assert.False(step.IsDone);
        Assert.Contains(chain, step.Description, StringComparison.Ordinal);
        With(network => network.Apply());
        Assert.Contains($"-A {chain} -i viperbr0", _ns.Execute(program, "-S"), StringComparison.Ordinal);
        With(network => Assert.All(network.Plan(), item => Assert.True(item.IsDone, item.Name)));
        With(network => Assert.Equal(FindingLevel.Ok, network.Check().Single(static finding => finding.Name == "iptables").Level));

        // A reload of the host's firewall, as its daemon does it.
        _ns.Execute(program, "-F", chain);
        With(network => Assert.Equal(FindingLevel.Failure, network.Check().Single(static finding => finding.Name == "iptables").Level));
        With(network => Assert.Contains("iptables", network.FindDrift([])));
        With(network => network.Apply());
        if (chain == "FORWARD")
        {
            With(network => Assert.True(network.Remove()));
            Assert.Equal(before, _ns.Execute(program, "-S"));
        }
    }

    [Theory]
    [InlineData("nft", "FORWARD", false)]
    [InlineData("nft", "FORWARD", true)]
    [InlineData("nft", "DOCKER-USER", false)]
    [InlineData("nft", "DOCKER-USER", true)]
    [InlineData("legacy", "FORWARD", true)]
    [InlineData("legacy", "DOCKER-USER", false)]
    [InlineData("legacy", "DOCKER-USER", true)]
    public void Remove_OnAHostWithIptables_TakesItsOwnRulesOnly(string variant, string chain, bool isOpenAgain)
    {
        string program = Docker(variant, chain);
        string before = _ns.Execute(program, "-S");
        With(network => network.Apply());
        Assert.NotEqual(before, _ns.Execute(program, "-S"));
        if (isOpenAgain)
        {
            _ns.Execute(program, "-P", "FORWARD", "ACCEPT");
        }

        With(network => Assert.False(network.PlanRemoval().Single(static item => item.Name == "iptables").IsDone));
        With(network => Assert.True(network.Remove()));
        Assert.Equal(isOpenAgain ? before.Replace("-P FORWARD DROP", "-P FORWARD ACCEPT", StringComparison.Ordinal) : before, _ns.Execute(program, "-S"));
        With(network => Assert.True(network.PlanRemoval().Single(static item => item.Name == "iptables").IsDone));
    }

    [Fact]
    public void Remove_DockerCameLater_FindsTheRulesWhereTheyWerePut()
    {
        string program = Docker("nft", "FORWARD");
        With(network => network.Apply());
        _ns.Execute(program, "-N", "DOCKER-USER");
        _ns.Execute(program, "-A", "DOCKER-USER", "-j", "RETURN");
        With(network => Assert.False(network.PlanRemoval().Single(static item => item.Name == "iptables").IsDone));
        With(network => Assert.True(network.Remove()));
        Assert.DoesNotContain("viperbr0", _ns.Execute(program, "-S"), StringComparison.Ordinal);
        Assert.Contains("-A DOCKER-USER -j RETURN", _ns.Execute(program, "-S"), StringComparison.Ordinal);
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
    public void Apply_AnotherNetworkThanBefore_TakesItsPlace()
    {
        string before = Dump();
        With(network => network.Apply());
        HostNetworkSettings next = s_settings with { Address = IPAddress.Parse("192.168.201.1"), Subnet = IPNetwork.Parse("192.168.201.0/24") };

        With(network => Assert.Equal(
            "address 192.168.201.1/24 on viperbr0, in place of 192.168.127.1/24", network.Plan().Single(static step => step.Name == "address").Description), next);
        With(network => network.Apply(), next);

        Assert.Equal(["192.168.201.1"], AddressesOfTheBridge());
        With(network => Assert.All(network.Plan(), static step => Assert.True(step.IsDone, step.Name)), next);
        With(network => Assert.True(network.Remove()), next);
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void Apply_ADaemonServesTheNetworkOfBefore_IsRefusedAndNothingChanges()
    {
        With(network => network.Apply());
        using Socket daemon = HoldAsADaemon();
        HostNetworkSettings next = s_settings with { Address = IPAddress.Parse("192.168.201.1"), Subnet = IPNetwork.Parse("192.168.201.0/24") };
        string before = Dump();

        With(network => Assert.Equal(NetworkRefusal.InUse, Assert.Throws<HostNetworkException>(network.Plan).Reason), next);
        With(network => Assert.Equal(NetworkRefusal.InUse, Assert.Throws<HostNetworkException>(network.Apply).Reason), next);
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void Apply_VmsOfTheNetworkOfBeforeLive_IsRefusedAndNothingChanges()
    {
        With(network => network.Apply());
        using VmNetwork vms = _ns.Run(() => new VmNetwork(s_settings));
        _ns.Run(() => vms.Attach("vt00000002", MacAddress.Parse("02:00:5e:00:53:02"), IPAddress.Parse("192.168.127.2")));
        using TapDevice vmm = _ns.Run(() => TapDevice.Open("vt00000002"));
        HostNetworkSettings next = s_settings with { Address = IPAddress.Parse("192.168.201.1"), Subnet = IPNetwork.Parse("192.168.201.0/24") };
        string before = Dump();

        With(network => Assert.Equal(NetworkRefusal.InUse, Assert.Throws<HostNetworkException>(network.Apply).Reason), next);

        Assert.Equal(before, Dump());
    }

    [Fact]
    public void Check_AnAddressBesideOurs_IsToldAndApplyTakesItAway()
    {
        With(network => network.Apply());
        _ns.Route.AddAddress(_ns.Route.GetLink("viperbr0")!.Index, IPAddress.Parse("10.77.0.1"), 16);

        With(network =>
        {
            NetworkFinding finding = network.Check().Single(static item => item.Name == "address");
            Assert.Equal((FindingLevel.Warning, "viperbr0 has 10.77.0.1/16 beside 192.168.127.1"), (finding.Level, finding.What));
            network.Apply();
            Assert.Equal(FindingLevel.Ok, network.Check().Single(static item => item.Name == "address").Level);
        });
        Assert.Equal(["192.168.127.1"], AddressesOfTheBridge());
    }

    [Fact]
    public void Check_ATapWasDeleted_NamesItsVm()
    {
        With(network => network.Apply());
        using VmNetwork vms = _ns.Run(() => new VmNetwork(s_settings));
        _ns.Run(() => vms.Attach("vt00000002", MacAddress.Parse("02:00:5e:00:53:02"), IPAddress.Parse("192.168.127.2")));
        With(network => Assert.Equal(GuestPortState.Up, network.ListGuests().Single().Port));
        _ns.Route.DeleteLink("vt00000002");

        With(network =>
        {
            NetworkFinding finding = network.Check().Single(static item => item.Name == "guests");
            Assert.Equal((FindingLevel.Warning, "the taps of these VMs are gone: vt00000002 (192.168.127.2)"), (finding.Level, finding.What));
            Assert.Equal(GuestPortState.Missing, network.ListGuests().Single().Port);
        });
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
    [InlineData("224.0.0.1", "224.0.0.0/24")]
    [InlineData("169.254.0.1", "169.254.0.0/24")]
    [InlineData("127.0.1.1", "127.0.1.0/24")]
    [InlineData("10.9.9.9", "10.9.9.0/24")]
    public void Constructor_ContradictorySettings_AreRefused(string address, string subnet)
    {
        HostNetworkSettings settings = s_settings with { Address = IPAddress.Parse(address), Subnet = IPNetwork.Parse(subnet) };
        Assert.Equal(
            NetworkRefusal.InvalidSettings,
            Assert.Throws<HostNetworkException>(() => _ns.Run(() => new HostNetwork(settings).Dispose())).Reason);
    }

    public void Dispose() => _ns.Dispose();

    private Socket HoldAsADaemon() => _ns.Run(() =>
    {
        // Port 1 of the bridge's address.
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(s_settings.Address, 1));
        return socket;
    });

    private IEnumerable<string> AddressesOfTheBridge() => _ns.Route.ListAddresses()
        .Where(address => address.LinkIndex == _ns.Route.GetLink("viperbr0")!.Index && address.Address.AddressFamily == AddressFamily.InterNetwork)
        .Select(static address => address.Address.ToString());

    private string DropForward(string variant)
    {
        string program = $"/usr/sbin/iptables-{variant}";
        _ns.Execute(program, "-P", "FORWARD", "DROP");
        return program;
    }

    /// <summary>A host that drops what it forwards, with rules of its own as Docker has them.</summary>
    private string Docker(string variant, string chain)
    {
        string program = DropForward(variant);
        if (chain != "FORWARD")
        {
            _ns.Execute(program, "-N", chain);
            _ns.Execute(program, "-A", chain, "-i", "docker9", "-j", "DROP");
            _ns.Execute(program, "-A", chain, "-j", "RETURN");
            _ns.Execute(program, "-A", "FORWARD", "-j", chain);
        }

        _ns.Execute(program, "-A", "FORWARD", "-o", "docker0", "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT");
        _ns.Execute(program, "-A", "FORWARD", "-i", "docker0", "!", "-o", "docker0", "-j", "ACCEPT");
        return program;
    }

    private void With(Action<HostNetwork> work, HostNetworkSettings? settings = null) => _ns.Run(() =>
    {
        using HostNetwork network = new(settings ?? s_settings);
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
