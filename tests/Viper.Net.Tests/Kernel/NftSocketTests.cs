using System.Net;
using System.Text.Json;

using Viper.Net.Firewall;
using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class NftSocketTests : IDisposable
{
    private readonly NetNsFixture _ns = new();
    private readonly NftSocket _socket;

    public NftSocketTests() => _socket = _ns.Run(() => new NftSocket());

    [Fact]
    public void Commit_WholeTable_IsWhatNftLists()
    {
        Commit(Table());

        string[] lines = [.. _ns.Execute("nft", "list", "table", "inet", "probe").Split('\n').Select(line => line.Trim())];

        Assert.Contains("comment \"a table\"", lines);
        Assert.Contains("type filter hook forward priority filter; policy drop;", lines);
        Assert.Contains("type nat hook postrouting priority srcnat; policy accept;", lines);
        Assert.Contains("elements = { 10.0.0.0/8, 192.0.2.1 }", lines);
        Assert.Contains("iifname \"br0\" oifname != \"br0\" ct state established,related accept comment \"known\"", lines);
        Assert.Contains("ip saddr 192.0.2.0/24 ip daddr @nets counter packets 0 bytes 0 drop", lines);
        Assert.Contains("ip daddr != 192.0.2.0/24 udp dport 53 reject with icmpx admin-prohibited", lines);
        Assert.Contains("jump other", lines);
        Assert.Contains("ip saddr 192.0.2.0/24 masquerade", lines);
    }

    [Fact]
    public void Commit_WholeTable_IsJsonThatNftReads()
    {
        Commit(Table());

        using JsonDocument document = JsonDocument.Parse(_ns.Execute("nft", "-j", "list", "ruleset"));
        JsonElement[] items = [.. document.RootElement.GetProperty("nftables").EnumerateArray()];
        Assert.Equal(2, items.Count(item => item.TryGetProperty("set", out _)));
        Assert.Equal(3, items.Count(item => item.TryGetProperty("chain", out _)));
        Assert.Equal(6, items.Count(item => item.TryGetProperty("rule", out _)));
        Assert.Equal(6, _socket.CountRules(NftFamily.Inet, "probe"));
    }

    [Fact]
    public void Compare_JustMade_FindsNothing()
    {
        Commit(Table());
        Assert.Empty(_socket.Compare(Table()));
    }

    [Fact]
    public void Compare_Absent_SaysSo() => Assert.Equal(["table probe is missing"], _socket.Compare(Table()));

    [Theory]
    [InlineData("add rule inet probe other drop", "chain other has")]
    [InlineData("flush chain inet probe forward", "chain forward has")]
    [InlineData("add chain inet probe extra", "chain extra is not ours")]
    [InlineData("add element inet probe nets { 203.0.113.0/24 }", "set nets has other elements")]
    [InlineData("delete element inet probe nets { 10.0.0.0/8 }", "set nets has other elements")]
    [InlineData("add chain inet probe forward { policy accept ; }", "chain forward has another hook")]
    public void Compare_ChangedBySomeone_SaysWhat(string change, string expected)
    {
        Commit(Table());
        _ns.Execute("nft", change);
        Assert.Contains(_socket.Compare(Table()), difference => difference.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Compare_RuleReplacedByAnother_SaysWhich()
    {
        Commit(Table());
        string handle = _ns.Execute("nft", "-a", "list", "chain", "inet", "probe", "post").Split("masquerade # handle ")[1].Split('\n')[0];
        _ns.Execute("nft", $"replace rule inet probe post handle {handle} ip saddr 192.0.3.0/24 masquerade");
        Assert.Equal(["rule 1 of chain post was changed"], _socket.Compare(Table()));
    }

    [Fact]
    public void Commit_OneRefused_ChangesNothingAndNamesIt()
    {
        using NftTransaction transaction = new();
        transaction.AddTable(NftFamily.Inet, "one").AddTable(NftFamily.Inet, "two")
            .AddRule(NftFamily.Inet, "two", "no-such-chain", new NftRuleBuilder().Drop());

        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Commit(transaction));

        Assert.Equal(ErrnoConstants.ENOENT, e.Errno);
        Assert.Equal("add rule to two no-such-chain", e.Operation);
        Assert.Empty(_socket.ListTables());
    }

    [Fact]
    public void Commit_AfterARefusal_Works()
    {
        using NftTransaction bad = new();
        Assert.Throws<NetlinkException>(() => _socket.Commit(bad.DeleteTable(NftFamily.Inet, "absent")));
        Commit(Table());
        Assert.NotNull(_socket.GetTable(NftFamily.Inet, "probe"));
    }

    [Fact]
    public void DeleteTable_Absent_IsFalse()
    {
        Assert.False(_socket.DeleteTable(NftFamily.Inet, "probe"));
        Commit(Table());
        Assert.True(_socket.DeleteTable(NftFamily.Inet, "probe"));
        Assert.Null(_socket.GetTable(NftFamily.Inet, "probe"));
    }

    [Fact]
    public void AddElements_ThousandsOfConcatenations_AreAllThereAndGo()
    {
        const int Count = 3000;
        NftSet set = new() { Name = "guests", Key = [NftKeyType.LinkName, NftKeyType.EthernetAddress, NftKeyType.Ipv4Address] };
        NftElement[] elements = [.. Enumerable.Range(1, Count).Select(i => NftElement.Of(
            $"vt{i}", new MacAddress([2, 0, 0, 0, (byte)(i >> 8), (byte)i]), new IPAddress([10, 0, (byte)(i >> 8), (byte)i])))];
        using NftTransaction add = new();
        _socket.Commit(add.AddTable(NftFamily.Bridge, "probe").AddSet(NftFamily.Bridge, "probe", set with { Elements = elements }));

        Assert.Equal(Count, _socket.ListElements(NftFamily.Bridge, "probe", "guests").Count);
        Assert.Contains("\"vt7\" . 02:00:00:00:00:07 . 10.0.0.7", _ns.Execute("nft", "list", "set", "bridge", "probe", "guests"), StringComparison.Ordinal);

        using NftTransaction delete = new();
        _socket.Commit(delete.DeleteElements(NftFamily.Bridge, "probe", "guests", elements));
        Assert.Empty(_socket.ListElements(NftFamily.Bridge, "probe", "guests"));
    }

    [Fact]
    public void OfNetworks_TouchingAndOverlapping_AreMerged()
    {
        IReadOnlyList<NftElement> edges = NftElement.OfNetworks(
            [IPNetwork.Parse("240.0.0.0/4"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.0.0.0/8")]);

        Assert.Equal(
            ["00000000-", "0A000000+", "0B000000-", "E0000000+"],
            edges.Select(edge => Convert.ToHexString(edge.Key.Span) + (edge.IsRangeEnd ? "-" : "+")));
    }

    [Fact]
    public void AddTable_CommentTooLong_IsMisuse()
    {
        using NftTransaction transaction = new();
        Assert.Throws<ArgumentException>(() => transaction.AddTable(NftFamily.Inet, "probe", new string('x', 128)));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _ns.Dispose();
    }

    private void Commit(NftTable table)
    {
        using NftTransaction transaction = new();
        _socket.Commit(transaction.Add(table));
    }

    private static NftTable Table()
    {
        IPNetwork network = IPNetwork.Parse("192.0.2.0/24");
        return new NftTable
        {
            Family = NftFamily.Inet,
            Name = "probe",
            Comment = "a table",
            Sets =
            [
                new NftSet
                {
                    Name = "nets",
                    Key = [NftKeyType.Ipv4Address],
                    IsInterval = true,
                    Elements = NftElement.OfNetworks([IPNetwork.Parse("192.0.2.1/32"), IPNetwork.Parse("10.0.0.0/8")]),
                },
                new NftSet { Name = "names", Key = [NftKeyType.LinkName], IsDynamic = true },
            ],
            Chains =
            [
                new NftChain { Name = "other", Rules = [new NftRuleBuilder().Count().Accept()] },
                new NftChain
                {
                    Name = "forward",
                    Hook = NftHook.Forward,
                    Policy = NftVerdictKind.Drop,
                    Rules =
                    [
                        new NftRuleBuilder().From("br0").To("br0", negate: true)
                            .Connection(NftConnectionState.Established | NftConnectionState.Related).Accept("known"),
                        new NftRuleBuilder().SourceIn(network).DestinationInSet("nets").Count().Drop(),
                        new NftRuleBuilder().DestinationIn(network, negate: true).DestinationPort(System.Net.Sockets.ProtocolType.Udp, 53).Reject(),
                        new NftRuleBuilder().Jump("other"),
                    ],
                },
                new NftChain
                {
                    Name = "post",
                    Hook = NftHook.Postrouting,
                    Priority = 100,
                    Type = "nat",
                    Rules = [new NftRuleBuilder().SourceIn(network).Masquerade()],
                },
            ],
        };
    }
}
