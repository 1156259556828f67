using System.Net;

using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class LinkChangesTests : IDisposable
{
    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:5e:00:53:01");
    private readonly NetNsFixture _ns = new();
    private readonly NetNsFixture _other = new();

    [Fact]
    public void SetLink_EverythingByName_IsDoneInOneRequest()
    {
        _ns.Route.AddBridge("br0");
        _ns.Route.AddVeth("left", "right");
        int bridge = _ns.Route.GetLink("br0")!.Index;

        _ns.Route.SetLink("left", new LinkChange { Up = true, Master = bridge, Mtu = 1400, Address = s_mac, Group = 7 });

        Link link = _ns.Route.GetLink("left")!;
        Assert.Equal((true, bridge, 1400, s_mac, 7u), (link.IsUp, link.Master, link.Mtu, link.Address, link.Group));
    }

    [Fact]
    public void SetLink_Absent_Throws() => Assert.Equal(
        ErrnoConstants.ENODEV, Assert.Throws<NetlinkException>(() => _ns.Route.SetLink("nothing", new LinkChange { Up = true })).Errno);

    [Fact]
    public void DeleteGroup_ManyLinks_TakesThemAndNoOther()
    {
        for (int i = 0; i < 30; i++)
        {
            _ns.Route.AddBridge($"b{i}");
            _ns.Route.SetGroup(_ns.Route.GetLink($"b{i}")!.Index, 42);
        }

        _ns.Route.AddBridge("stays");
        Assert.True(_ns.Route.DeleteGroup(42));

        Assert.DoesNotContain(_ns.Route.ListLinks(), link => link.Group == 42);
        Assert.NotNull(_ns.Route.GetLink("stays"));
        Assert.False(_ns.Route.DeleteGroup(42));
    }

    [Fact]
    public void DeleteGroup_Zero_IsMisuse() => Assert.Throws<ArgumentOutOfRangeException>(() => _ns.Route.DeleteGroup(0));

    [Fact]
    public void AddVxlan_Options_AreWhatIpShows()
    {
        VxlanOptions options = new() { Id = 4711, Remote = IPAddress.Parse("192.0.2.9"), Local = IPAddress.Parse("192.0.2.1"), Learning = false, TimeToLive = 9 };
        Assert.True(_ns.Route.AddVxlan("vx0", options));
        Assert.False(_ns.Route.AddVxlan("vx0", options));
        string shown = _ns.Execute("ip", "-d", "link", "show", "vx0");
        Assert.Contains("vxlan id 4711 remote 192.0.2.9 local 192.0.2.1", shown, StringComparison.Ordinal);
        Assert.Contains("dstport 4789", shown, StringComparison.Ordinal);
        Assert.Contains("nolearning", shown, StringComparison.Ordinal);
        Assert.Contains("ttl 9", shown, StringComparison.Ordinal);
        Assert.Equal(LinkKind.Vxlan, _ns.Route.GetLink("vx0")!.Kind);
    }

    [Fact]
    public void AddVxlan_SameIdentifierAgain_Throws()
    {
        _ns.Route.AddVxlan("vx0", new VxlanOptions { Id = 5 });
        Assert.Equal(ErrnoConstants.EEXIST, Assert.Throws<NetlinkException>(() => _ns.Route.AddVxlan("vx1", new VxlanOptions { Id = 5 })).Errno);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1 << 24)]
    public void AddVxlan_IdentifierOutOfRange_IsMisuse(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ns.Route.AddVxlan("vx0", new VxlanOptions { Id = id }));

    [Fact]
    public void AddLink_UnknownKind_CarriesTheKernelsWords()
    {
        NetlinkException e = Assert.Throws<NetlinkException>(() => _ns.Route.AddLink("x0", "no-such-kind"));
        Assert.Equal(ErrnoConstants.EOPNOTSUPP, e.Errno);
    }

    [Fact]
    public void MoveToProcess_OwnProcess_LeavesTheNamespace()
    {
        string name = $"vt{Environment.ProcessId % 100_000}";
        using System.Diagnostics.Process sleeper = _other.Run(() => System.Diagnostics.Process.Start("sleep", "600"));
        try
        {
            _ns.Route.AddVeth(name, "peer0");
            _ns.Route.MoveToProcess(_ns.Route.GetLink(name)!.Index, sleeper.Id);
            Assert.Null(_ns.Route.GetLink(name));
            Assert.NotNull(_other.Route.GetLink(name));
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }
    }

    [Fact]
    public void Rules_AddedAndDeleted_AreWhatIpShows()
    {
        RoutingRule rule = new()
        {
            Priority = 100,
            Table = 77,
            Source = IPNetwork.Parse("192.0.2.0/24"),
            Destination = IPNetwork.Parse("198.51.100.0/25"),
            InputName = "lo",
            Mark = 0x10,
            MarkMask = 0xff,
        };
        try
        {
            Assert.True(_ns.Route.AddRule(rule));
        }
        catch (NetlinkException e) when (e.Errno == ErrnoConstants.EOPNOTSUPP)
        {
            Assert.Skip("The kernel was built without routing rules (CONFIG_IP_MULTIPLE_TABLES).");
        }

        Assert.False(_ns.Route.AddRule(rule));
        Assert.Contains("from 192.0.2.0/24 to 198.51.100.0/25 fwmark 0x10/0xff iif lo lookup 77", _ns.Execute("ip", "rule"), StringComparison.Ordinal);
        Assert.Contains(rule, _ns.Route.ListRules());
        Assert.True(_ns.Route.DeleteRule(rule));
        Assert.False(_ns.Route.DeleteRule(rule));
    }

    [Fact]
    public void AddRule_WithoutTable_IsMisuse() => Assert.Throws<ArgumentException>(() => _ns.Route.AddRule(new RoutingRule { Priority = 1 }));

    [Fact]
    public void VisitLinks_Warm_AllocatesNothing()
    {
        for (int i = 0; i < 100; i++)
        {
            _ns.Route.AddBridge($"b{i}");
        }

        CountingVisitor visitor = new();
        for (int i = 0; i < 50; i++)
        {
            _ns.Route.VisitLinks(visitor, TestContext.Current.CancellationToken);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ns.Route.VisitLinks(visitor, TestContext.Current.CancellationToken);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(visitor.Count, 101, 110);
    }

    [Fact]
    public void SetUp_Warm_AllocatesNothing()
    {
        _ns.Route.AddBridge("br0");
        int link = _ns.Route.GetLink("br0")!.Index;
        for (int i = 0; i < 50; i++)
        {
            _ns.Route.SetUp(link);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ns.Route.SetUp(link);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ListLinks_Cancelled_ThrowsAndLeavesTheSocketUsable()
    {
        for (int i = 0; i < 300; i++)
        {
            _ns.Route.AddBridge($"b{i}");
        }

        using CancellationTokenSource cancel = new();
        CountingVisitor visitor = new() { OnVisit = cancel.Cancel };
        Assert.Throws<OperationCanceledException>(() => _ns.Route.VisitLinks(visitor, cancel.Token));
        Assert.True(_ns.Route.ListLinks(TestContext.Current.CancellationToken).Count > 300);
    }

    [Fact]
    public void VisitLinks_VisitorThrows_ThrowsHereAndLeavesTheSocketUsable()
    {
        CountingVisitor visitor = new() { OnVisit = () => throw new InvalidTimeZoneException() };
        Assert.Throws<InvalidTimeZoneException>(() => _ns.Route.VisitLinks(visitor, TestContext.Current.CancellationToken));
        Assert.NotEmpty(_ns.Route.ListLinks(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void ListLinks_BufferTooSmall_GrowsIt()
    {
        for (int i = 0; i < 50; i++)
        {
            _ns.Route.AddBridge($"b{i}");
        }

        using RouteSocket small = _ns.Run(() => new RouteSocket(new Internal.NetlinkSocket(NetlinkConstants.NETLINK_ROUTE, firstBuffer: 256)));
        Assert.True(small.ListLinks(TestContext.Current.CancellationToken).Count > 50);
    }

    [Fact]
    public async Task Requests_ListsChangesAndRefusalsAtOnce_EachGetTheirOwnAnswer()
    {
        for (int i = 0; i < 100; i++)
        {
            _ns.Route.AddBridge($"b{i}");
        }

        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, (i, cancel) =>
        {
            switch (i % 4)
            {
                case 0:
                    Assert.Equal(101, _ns.Route.ListLinks(cancel).Count(link => link.Name == "lo" || link.Name[0] == 'b'));
                    break;
                case 1:
                    Assert.Equal($"b{i % 100}", _ns.Route.GetLink($"b{i % 100}")!.Name);
                    break;
                case 2:
                    Assert.Equal(ErrnoConstants.ENODEV, Assert.Throws<NetlinkException>(() => _ns.Route.SetUp(100_000 + i)).Errno);
                    break;
                default:
                    Assert.False(_ns.Route.AddBridge("b1"));
                    break;
            }

            return ValueTask.CompletedTask;
        });
    }

    public void Dispose()
    {
        _ns.Dispose();
        _other.Dispose();
    }

    private sealed class CountingVisitor : ILinkVisitor
    {
        public int Count { get; private set; }

        public Action? OnVisit { get; init; }

        public void Begin() => Count = 0;

        public void Visit(in LinkMessage link)
        {
            Count++;
            OnVisit?.Invoke();
        }
    }
}
