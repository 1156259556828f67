using System.Net;
using System.Text.Json;

using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class TrafficTests : IDisposable
{
    private readonly NetNsFixture _ns = new();
    private readonly int _link;

    public TrafficTests()
    {
        _ns.Route.AddVeth("left", "right");
        _link = _ns.Route.GetLink("left")!.Index;
        _ns.Route.SetUp(_link);
        _ns.Route.SetUp(_ns.Route.GetLink("right")!.Index);
    }

    [Fact]
    public void SetQueue_TokenBucket_IsWhatTcShows()
    {
        _ns.Route.SetQueue(_link, new TokenBucketQueue(1_250_000, 10_000, 50_000));

        JsonElement shown = Shown("qdisc", "tbf").GetProperty("options");
        Assert.Equal(1_250_000, shown.GetProperty("rate").GetInt64());
        Assert.InRange(shown.GetProperty("burst").GetInt64(), 9_990, 10_000);
        TrafficQueueState ours = _ns.Route.ListQueues(TestContext.Current.CancellationToken).Single(queue => queue.LinkIndex == _link);
        Assert.Equal(("tbf", 1_250_000ul, TrafficHandle.Root), (ours.Kind, ours.BytesPerSecond, ours.Parent));
    }

    [Fact]
    public void SetQueue_Again_ReplacesAndDeleteRestores()
    {
        _ns.Route.SetQueue(_link, new TokenBucketQueue(1_250_000, 10_000, 50_000));
        _ns.Route.SetQueue(_link, new TokenBucketQueue(5_000_000_000, 10_000_000, 50_000));
        Assert.Equal(5_000_000_000, Shown("qdisc", "tbf").GetProperty("options").GetProperty("rate").GetInt64());
        Assert.True(_ns.Route.DeleteQueue(_link, TrafficHandle.Root));
        Assert.False(_ns.Route.DeleteQueue(_link, TrafficHandle.Root));
    }

    [Fact]
    public void SetClass_TwoRates_AreWhatTcShows()
    {
        TrafficHandle root = new(1, 0);
        _ns.Route.SetQueue(_link, new ClassfulQueue(0x20) { Handle = root });
        _ns.Route.SetClass(_link, new TrafficClass(new(1, 0x10), root, 125_000) { CeilingBytesPerSecond = 250_000 });
        _ns.Route.SetClass(_link, new TrafficClass(new(1, 0x20), root, 6_000_000_000));

        string shown = _ns.Execute("tc", "class", "show", "dev", "left");
        Assert.Contains("class htb 1:10 root prio 0 rate 1Mbit ceil 2Mbit", shown, StringComparison.Ordinal);
        Assert.Contains("class htb 1:20 root prio 0 rate 48Gbit ceil 48Gbit", shown, StringComparison.Ordinal);
        IReadOnlyList<TrafficQueueState> ours = _ns.Route.ListClasses(_link, TestContext.Current.CancellationToken);
        Assert.Equal(
            [(new TrafficHandle(1, 0x10), 125_000ul, 250_000ul), (new TrafficHandle(1, 0x20), 6_000_000_000, 6_000_000_000)],
            ours.OrderBy(item => item.Handle.Value).Select(item => (item.Handle, item.BytesPerSecond, item.CeilingBytesPerSecond)));
        Assert.True(_ns.Route.DeleteClass(_link, new(1, 0x10)));
        Assert.False(_ns.Route.DeleteClass(_link, new(1, 0x10)));
    }

    [Fact]
    public void AddFilter_IntoAClass_IsListedAndDeleted()
    {
        TrafficHandle root = new(1, 0);
        _ns.Route.SetQueue(_link, new ClassfulQueue(0) { Handle = root });
        _ns.Route.SetClass(_link, new TrafficClass(new(1, 0x10), root, 125_000));
        _ns.Route.AddFilter(_link, new TrafficFilter(root, 5)
        {
            EtherType = 0x0800,
            Class = new(1, 0x10),
            Matches = [TrafficMatch.Destination(IPNetwork.Parse("192.0.2.0/24"))],
        });

        string shown = _ns.Execute("tc", "filter", "show", "dev", "left");
        Assert.Contains("flowid 1:10", shown, StringComparison.Ordinal);
        Assert.Contains("match c0000200/ffffff00 at 16", shown, StringComparison.Ordinal);
        Assert.Contains(
            _ns.Route.ListFilters(_link, root, TestContext.Current.CancellationToken),
            filter => filter.Class == new TrafficHandle(1, 0x10) && filter.Priority == 5 && filter.EtherType == 0x0800);
        Assert.True(_ns.Route.DeleteFilters(_link, root, 5));
        Assert.False(_ns.Route.DeleteFilters(_link, root, 5));
        Assert.Empty(_ns.Route.ListFilters(_link, root, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AddFilter_IngressToIfb_SendsPacketsThere()
    {
        _ns.Route.AddLink("ifb9", LinkKind.Ifb);
        int ifb = _ns.Route.GetLink("ifb9")!.Index;
        _ns.Route.SetUp(ifb);
        _ns.Route.SetQueue(_link, new IngressQueue());
        _ns.Route.AddFilter(_link, new TrafficFilter(new(ushort.MaxValue, 0), 1) { RedirectTo = ifb });
        Assert.Contains(
            _ns.Route.ListFilters(_link, new(ushort.MaxValue, 0), TestContext.Current.CancellationToken), filter => filter.RedirectTo == ifb);

        using NetNsFixture other = new();
        int right = _ns.Route.GetLink("right")!.Index;
        _ns.Route.Move(right, other.Namespace);
        right = other.Route.GetLink("right")!.Index;
        other.Route.SetUp(right);
        other.Route.AddAddress(right, IPAddress.Parse("192.0.2.2"), 24);
        other.Route.SetNeighbour(right, IPAddress.Parse("192.0.2.1"), _ns.Route.GetLink("left")!.Address!.Value);
        other.Run(() =>
        {
            using System.Net.Sockets.UdpClient client = new();
            client.Send(new byte[64], new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9));
        });

        Assert.Contains(
            _ns.Route.ListQueues(TestContext.Current.CancellationToken), queue => queue.LinkIndex == _link && queue.Kind == "ingress" && queue.SentPackets > 0);
        Assert.Contains("Sent", _ns.Execute("tc", "-s", "filter", "show", "dev", "left", "parent", "ffff:"), StringComparison.Ordinal);
        Assert.True(_ns.Route.DeleteQueue(_link, TrafficHandle.Ingress));
    }

    [Fact]
    public void SetQueue_NoRate_IsMisuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ns.Route.SetQueue(_link, new TokenBucketQueue(0, 1, 1)));

    [Fact]
    public void SetQueue_NoSuchLink_CarriesTheKernelsErrno() => Assert.Equal(
        ErrnoConstants.ENODEV, Assert.Throws<NetlinkException>(() => _ns.Route.SetQueue(4711, new TokenBucketQueue(1000, 2000, 3000))).Errno);

    [Fact]
    public void ToString_Handles_AreAsTcWritesThem()
    {
        Assert.Equal("1:10", new TrafficHandle(1, 0x10).ToString());
        Assert.Equal("root", TrafficHandle.Root.ToString());
        Assert.Equal("ingress", TrafficHandle.Ingress.ToString());
    }

    public void Dispose() => _ns.Dispose();

    private JsonElement Shown(string what, string kind) =>
        JsonDocument.Parse(_ns.Execute("tc", "-j", what, "show", "dev", "left")).RootElement.EnumerateArray()
            .Single(item => item.GetProperty("kind").GetString() == kind);
}
