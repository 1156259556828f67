using System.Net;
using System.Net.Sockets;
using System.Text.Json;

using Viper.Net.Firewall;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class NftMapsTests : IDisposable
{
    private readonly NetNsFixture _ns = new();
    private readonly NftSocket _socket;

    public NftMapsTests() => _socket = _ns.Run(() => new NftSocket());

    [Fact]
    public void Commit_EverythingThereIs_ComparesEqual()
    {
        Commit(Table());
        Assert.Empty(_socket.Compare(Table()));
    }

    [Fact]
    public void Commit_EverythingThereIs_IsWhatNftLists()
    {
        Commit(Table());
        string listed = string.Join(' ', _ns.Execute("nft", "list", "table", "inet", "probe").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("\"vt1\" : jump guest", listed, StringComparison.Ordinal);
        Assert.Contains("elements = { 192.0.2.1 : 0x00000007 }", listed, StringComparison.Ordinal);
        Assert.Contains("elements = { \"vt1\" : \"denied\" }", listed, StringComparison.Ordinal);
        Assert.Contains("elements = { \"vt1\" . 203.0.113.0/24 . tcp . 443,", listed, StringComparison.Ordinal);
        Assert.Contains("iifname vmap @policies", listed, StringComparison.Ordinal);
        Assert.Contains("meta mark set ip saddr map @marks", listed, StringComparison.Ordinal);
        Assert.Contains("counter name iifname map @counters", listed, StringComparison.Ordinal);
        Assert.Contains("iifname . ip daddr . meta l4proto . th dport @allowed accept", listed, StringComparison.Ordinal);
        Assert.Contains("limit rate over 10/second burst 20 packets drop", listed, StringComparison.Ordinal);
        Assert.Contains("limit rate 1 mbytes/second burst 64 kbytes accept", listed, StringComparison.Ordinal);
        Assert.Contains("ct state new add @connections { iifname ct count over 20 } counter packets 0 bytes 0 drop", listed, StringComparison.Ordinal);
        Assert.Contains("log prefix \"denied \" group 5 snaplen 96", listed, StringComparison.Ordinal);
        Assert.Contains("counter name \"denied\" meta mark set 0x00000009", listed, StringComparison.Ordinal);
        Assert.Contains("timeout 1m", listed, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_EverythingThereIs_IsTheJsonThatWeThinkIsThere()
    {
        NftTable table = Table();
        Commit(table);

        using JsonDocument document = JsonDocument.Parse(_ns.Execute("nft", "-j", "list", "ruleset"));
        JsonElement[] items = [.. document.RootElement.GetProperty("nftables").EnumerateArray()];
        string[] Names(string kind) => [.. items.Where(item => item.TryGetProperty(kind, out _)).Select(item => item.GetProperty(kind).GetProperty("name").GetString()!).Order()];

        Assert.Equal([table.Name], Names("table"));
        Assert.Equal(table.Chains.Select(chain => chain.Name).Order(), Names("chain"));
        Assert.Equal(table.Sets.Where(set => !IsMap(set)).Select(set => set.Name).Order(), Names("set"));
        Assert.Equal(table.Sets.Where(IsMap).Select(set => set.Name).Order(), Names("map"));
        Assert.Equal(["denied"], Names("counter"));
        Assert.Equal(["month"], Names("quota"));
        Assert.Equal(["slow"], Names("limit"));
        Assert.Equal(
            table.Chains.SelectMany(chain => chain.Rules.Select(_ => chain.Name)),
            items.Where(item => item.TryGetProperty("rule", out _)).Select(item => item.GetProperty("rule").GetProperty("chain").GetString()));
    }

    [Fact]
    public void ListElements_MapsAndTimeouts_AreReadBack()
    {
        Commit(Table());
        IReadOnlyList<NftElement> verdicts = _socket.ListElements(NftFamily.Inet, "probe", "policies");
        Assert.Contains(verdicts, element => element.Verdict is { Kind: NftVerdictKind.Jump, Chain: "guest" });
        Assert.Contains(verdicts, element => element.Verdict is { Kind: NftVerdictKind.Drop, Chain: null });
        NftElement timed = Assert.Single(_socket.ListElements(NftFamily.Inet, "probe", "recent"));
        Assert.Equal(TimeSpan.FromHours(1), timed.Timeout);
        Assert.InRange(timed.Expires!.Value, TimeSpan.FromMinutes(30), TimeSpan.FromHours(1));
        Assert.Equal("denied", Assert.Single(_socket.ListElements(NftFamily.Inet, "probe", "counters")).ObjectName);
        Assert.Equal(new NftCount(0, 0), Assert.Single(_socket.ListElements(NftFamily.Inet, "probe", "counted")).Count);
    }

    [Theory]
    [InlineData("delete element inet probe policies { vt2 }", "set policies has other elements")]
    [InlineData("add element inet probe marks { 192.0.2.9 : 1 }", "set marks has other elements")]
    public void Compare_MapChangedBySomeone_SaysWhat(string change, string expected)
    {
        Commit(Table());
        _ns.Execute("nft", change);
        Assert.Equal([expected], _socket.Compare(Table()));
    }

    [Fact]
    public void Compare_ObjectChanged_SaysWhat()
    {
        Commit(Table());
        NftTable other = Table() with { Objects = [new NftObject("month", new NftQuota(5)), new NftObject("absent", new NftCounter())] };
        Assert.Equal(["object month has another limit", "object absent is missing"], _socket.Compare(other));
    }

    [Fact]
    public async Task Counters_AfterTraffic_HaveSeenIt()
    {
        NftTable table = new()
        {
            Family = NftFamily.Inet,
            Name = "probe",
            Objects = [new NftObject("denied", new NftCounter()), new NftObject("month", new NftQuota(1_000_000))],
            Sets = [new NftSet { Name = "counted", Key = [NftKeyType.Ipv4Address], HasCounters = true, Elements = [NftElement.Of(IPAddress.Loopback)] }],
            Chains =
            [
                new NftChain
                {
                    Name = "output",
                    Hook = NftHook.Output,
                    Rules =
                    [
                        new NftRuleBuilder().UseObject(NftObjectKind.Counter, "denied").UseObject(NftObjectKind.Quota, "month").Continue("first"),
                        new NftRuleBuilder().InSet("counted", NftField.DestinationAddress).Count().Accept("second"),
                    ],
                },
            ],
        };
        Commit(table);
        using Socket listener = Probe.Serve(_ns, IPAddress.Loopback, 80);
        Assert.Equal("127.0.0.1", await Probe.TcpAsync(_ns, IPAddress.Loopback, 80, expected: true));

        IReadOnlyList<NftObjectState> objects = _socket.ListObjects(NftFamily.Inet, "probe");
        Assert.Contains(objects, item => item.Name == "denied" && item.Count.Packets > 3 && item.Count.Bytes > 100);
        Assert.Contains(objects, item => item is { Name: "month", Kind: NftObjectKind.Quota, Limit: 1_000_000 } && item.Count.Bytes > 100);
        Assert.True(Assert.Single(_socket.ListElements(NftFamily.Inet, "probe", "counted")).Count!.Value.Packets > 3);
        IReadOnlyList<NftRuleState> rules = _socket.ListRules(NftFamily.Inet, "probe");
        Assert.Equal(["first", "second"], rules.Select(rule => rule.Comment));
        Assert.Null(rules[0].Count);
        Assert.True(rules[1].Count!.Value.Packets > 3);
    }

    [Fact]
    public void Limit_MorePacketsThanTheBurst_LetsOnlyTheBurstPass()
    {
        CommitOutput(
            new NftRuleBuilder().Protocol(ProtocolType.Udp).Limit(new NftLimit(1, NftLimitUnit.Day, Burst: 10)).Count().Accept("within"),
            new NftRuleBuilder().Protocol(ProtocolType.Udp).Count().Drop("beyond"));
        Send(packets: 100, bytes: 10);
        Assert.Equal([("within", 10ul), ("beyond", 90ul)], _socket.ListRules(NftFamily.Inet, "probe").Select(rule => (rule.Comment!, rule.Count!.Value.Packets)));
    }

    [Fact]
    public void Limit_MoreBytesThanTheBurst_MatchesWhatIsOver()
    {
        CommitOutput(
            new NftRuleBuilder().Protocol(ProtocolType.Udp)
                .Limit(new NftLimit(1, NftLimitUnit.Day, IsBytes: true, Burst: 10_000, IsOver: true)).Count().Drop("over"),
            new NftRuleBuilder().Protocol(ProtocolType.Udp).Count().Accept("within"));
        // 972 bytes and 28 of headers make a packet of 1,000.
        Send(packets: 50, bytes: 972);
        Assert.Equal([("over", 40ul), ("within", 10ul)], _socket.ListRules(NftFamily.Inet, "probe").Select(rule => (rule.Comment!, rule.Count!.Value.Packets)));
    }

    [Fact]
    public async Task ConnectionCount_MoreThanAllowed_RefusesTheNext()
    {
        using NftTransaction make = new();
        _socket.Commit(make.Add(new NftTable
        {
            Family = NftFamily.Inet,
            Name = "probe",
            Sets = [new NftSet { Name = "connections", Key = [NftKeyType.Ipv4Address], IsUpdatedByRules = true }],
            Chains =
            [
                new NftChain
                {
                    Name = "output",
                    Hook = NftHook.Output,
                    Rules =
                    [
                        new NftRuleBuilder().Protocol(ProtocolType.Tcp).Connection(NftConnectionState.New)
                            .UpdateSet("connections", new NftConnectionCount(2), NftField.DestinationAddress).Count().Reject("refused"),
                    ],
                },
            ],
        }));
        using Socket listener = _ns.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 80));
        listener.Listen(10);
        List<Socket> open = [];
        try
        {
            for (int i = 0; i < 2; i++)
            {
                open.Add(_ns.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await open[i].ConnectAsync(IPAddress.Loopback, 80, TestContext.Current.CancellationToken);
            }

            using Socket third = _ns.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await Assert.ThrowsAsync<SocketException>(async () => await third.ConnectAsync(IPAddress.Loopback, 80, TestContext.Current.CancellationToken));
            Assert.True(Assert.Single(_socket.ListRules(NftFamily.Inet, "probe")).Count!.Value.Packets > 0);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public void DeleteRule_ByHandle_LeavesTheOthers()
    {
        Commit(Table());
        NftRuleState[] before = [.. _socket.ListRules(NftFamily.Inet, "probe").Where(rule => rule.Chain == "forward")];
        using NftTransaction change = new();
        _socket.Commit(change
            .DeleteRule(NftFamily.Inet, "probe", "forward", before[1].Handle)
            .InsertRule(NftFamily.Inet, "probe", "forward", new NftRuleBuilder().Count().Accept("new")));
        NftRuleState[] after = [.. _socket.ListRules(NftFamily.Inet, "probe").Where(rule => rule.Chain == "forward")];
        Assert.Equal(before.Length, after.Length);
        Assert.Equal("new", after[0].Comment);
        Assert.DoesNotContain(after, rule => rule.Handle == before[1].Handle);
    }

    [Fact]
    public void FlushAndDelete_WholeTable_LeavesNothing()
    {
        Commit(Table());
        NftTable table = Table();
        using NftTransaction change = new();
        foreach (NftChain chain in table.Chains)
        {
            change.FlushChain(NftFamily.Inet, "probe", chain.Name);
        }

        foreach (NftSet set in table.Sets)
        {
            change.FlushSet(NftFamily.Inet, "probe", set.Name).DeleteSet(NftFamily.Inet, "probe", set.Name);
        }

        foreach (NftChain chain in table.Chains)
        {
            change.DeleteChain(NftFamily.Inet, "probe", chain.Name);
        }

        foreach (NftObject item in table.Objects)
        {
            change.DeleteObject(NftFamily.Inet, "probe", item.Kind, item.Name);
        }

        _socket.Commit(change);
        Assert.Empty(_socket.ListChains(NftFamily.Inet, "probe"));
        Assert.Empty(_socket.ListObjects(NftFamily.Inet, "probe"));
    }

    [Fact]
    public void Commit_ElementRefused_NamesTheAttribute()
    {
        Commit(Table());
        using NftTransaction change = new();
        change.AddElement(NftFamily.Inet, "probe", "absent", NftElement.Of(IPAddress.Loopback));
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Commit(change));
        Assert.Equal("NFTA_SET_ELEM_LIST_SET", e.AttributeName);
        Assert.Equal("add elements to set probe absent", e.Operation);
    }

    [Fact]
    public void Commit_Twice_IsMisuseOnceMoreIsAdded()
    {
        using NftTransaction change = new();
        _socket.Commit(change.AddTable(NftFamily.Inet, "one"));
        Assert.Throws<InvalidOperationException>(() => change.AddTable(NftFamily.Inet, "two"));
    }

    [Fact]
    public void Of_RangeWithoutInterval_IsMisuse()
    {
        Assert.Throws<ArgumentException>(() => NftElement.Of(NftKey.Of(IPNetwork.Parse("10.0.0.0/8"))));
        Assert.Throws<ArgumentException>(() => NftElement.Range(NftKey.Port(5)));
        Assert.Throws<ArgumentException>(() => new NftObject("x", new NftMasquerade()).Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => NftKey.Ports(5, 4));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _ns.Dispose();
    }

    internal static NftTable Table() => new()
    {
        Family = NftFamily.Inet,
        Name = "probe",
        Objects =
        [
            new NftObject("denied", new NftCounter()),
            new NftObject("month", new NftQuota(1_000_000_000)),
            new NftObject("slow", new NftLimit(100_000, NftLimitUnit.Second, IsBytes: true, Burst: 10_000)),
        ],
        Sets =
        [
            new NftSet
            {
                Name = "policies",
                Key = [NftKeyType.LinkName],
                IsVerdictMap = true,
                Elements =
                [
                    NftElement.OfLink("vt1") with { Verdict = new NftVerdict(NftVerdictKind.Jump, "guest") },
                    NftElement.OfLink("vt2") with { Verdict = new NftVerdict(NftVerdictKind.Drop) },
                ],
            },
            new NftSet
            {
                Name = "marks",
                Key = [NftKeyType.Ipv4Address],
                DataType = NftKeyType.Mark,
                Elements = [NftElement.Of(IPAddress.Parse("192.0.2.1")) with { Data = NftKey.Mark(7).From }],
            },
            new NftSet
            {
                Name = "counters",
                Key = [NftKeyType.LinkName],
                ObjectKind = NftObjectKind.Counter,
                Elements = [NftElement.OfLink("vt1") with { ObjectName = "denied" }],
            },
            new NftSet
            {
                Name = "allowed",
                Key = [NftKeyType.LinkName, NftKeyType.Ipv4Address, NftKeyType.Protocol, NftKeyType.Port],
                IsInterval = true,
                Elements =
                [
                    NftElement.Range(NftKey.Link("vt1"), NftKey.Of(IPNetwork.Parse("203.0.113.0/24")), NftKey.Of(ProtocolType.Tcp), NftKey.Port(443)),
                    NftElement.Range(NftKey.Link("vt1"), NftKey.Of(IPAddress.Parse("192.0.2.53")), NftKey.Of(ProtocolType.Udp), NftKey.Ports(53, 60)),
                    NftElement.Range(NftKey.Link("vt2"), NftKey.Any(NftKeyType.Ipv4Address), NftKey.Any(NftKeyType.Protocol), NftKey.Any(NftKeyType.Port)),
                ],
            },
            new NftSet
            {
                Name = "recent",
                Key = [NftKeyType.Ipv4Address],
                DefaultTimeout = TimeSpan.FromMinutes(1),
                Elements = [NftElement.Of(IPAddress.Parse("192.0.2.7")) with { Timeout = TimeSpan.FromHours(1) }],
            },
            new NftSet { Name = "counted", Key = [NftKeyType.LinkName], HasCounters = true, Elements = [NftElement.OfLink("vt1")] },
            new NftSet { Name = "connections", Key = [NftKeyType.LinkName], IsUpdatedByRules = true },
            new NftSet { Name = "ports", Key = [NftKeyType.Port], IsInterval = true, Elements = NftElement.OfPorts([(1, 1023), (8080, 8080)]) },
        ],
        Chains =
        [
            new NftChain { Name = "guest", Rules = [new NftRuleBuilder().Return()] },
            new NftChain
            {
                Name = "forward",
                Hook = NftHook.Forward,
                Policy = NftVerdictKind.Drop,
                Rules =
                [
                    new NftRuleBuilder().DecideBy("policies", [NftField.InputName]),
                    new NftRuleBuilder().MarkFrom("marks", NftField.SourceAddress).Continue(),
                    new NftRuleBuilder().UseObject("counters", NftField.InputName).Continue(),
                    new NftRuleBuilder()
                        .InSet("allowed", NftField.InputName, NftField.DestinationAddress, NftField.Protocol, NftField.DestinationPort).Accept(),
                    new NftRuleBuilder().Limit(new NftLimit(10, NftLimitUnit.Second, Burst: 20, IsOver: true)).Drop(),
                    new NftRuleBuilder().Limit(new NftLimit(1024 * 1024, NftLimitUnit.Second, IsBytes: true, Burst: 64 * 1024)).Accept(),
                    new NftRuleBuilder().Connection(NftConnectionState.New)
                        .UpdateSet("connections", new NftConnectionCount(20), NftField.InputName).Count().Drop(),
                    new NftRuleBuilder().Log(new NftLog(5, "denied ", CopiedBytes: 96)).Continue(),
                    new NftRuleBuilder().UseObject(NftObjectKind.Counter, "denied").SetMark(9).Continue("last"),
                    new NftRuleBuilder().Protocol(ProtocolType.Tcp).InSet("ports", NftField.DestinationPort).Goto("guest"),
                ],
            },
        ],
    };

    private void CommitOutput(params NftRule[] rules) => Commit(new NftTable
    {
        Family = NftFamily.Inet,
        Name = "probe",
        Chains = [new NftChain { Name = "output", Hook = NftHook.Output, Rules = rules }],
    });

    private void Send(int packets, int bytes)
    {
        using Socket socket = _ns.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < packets; i++)
        {
            try
            {
                socket.SendTo(new byte[bytes], new IPEndPoint(IPAddress.Loopback, 9));
            }
            catch (SocketException)
            {
                // The kernel tells the sender of a dropped packet, and of the closed port.
            }
        }
    }

    private static bool IsMap(NftSet set) => set.IsVerdictMap || set.DataType != NftKeyType.None || set.ObjectKind is not null;

    private void Commit(NftTable table)
    {
        using NftTransaction transaction = new();
        _socket.Commit(transaction.Add(table));
    }
}
