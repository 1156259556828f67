using Viper.Net.Firewall;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

/// <summary>Many at once, and over and over: nothing is left. VIPER_SOAK=1 takes the full counts.</summary>
public sealed class ManyTapsTests : IDisposable
{
    private const int Tasks = 32;
    private const uint Group = 77;
    private static readonly bool s_isSoak = Environment.GetEnvironmentVariable("VIPER_SOAK") == "1";
    private readonly NetNsFixture _ns = new();

    [Fact]
    public async Task Create_By32Tasks_AreAllThereAndAllGo()
    {
        int count = s_isSoak ? 1000 : 200;
        _ns.Route.AddBridge("br0");
        int bridge = _ns.Route.GetLink("br0")!.Index;
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(_ => Task.Factory.StartNew(
            () => _ns.Run(() =>
            {
                for (int i = Interlocked.Increment(ref next); i <= count; i = Interlocked.Increment(ref next))
                {
                    TapDevice.Create($"vt{i}", new TapOptions { IsPersistent = true }).Dispose();
                    _ns.Route.SetLink($"vt{i}", new LinkChange { Master = bridge, Group = Group, Up = true });
                }
            }),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Link[] made = [.. _ns.Route.ListLinks(TestContext.Current.CancellationToken).Where(link => link.Kind == LinkKind.Tun)];
        Assert.Equal(count, made.Length);
        Assert.All(made, link => Assert.Equal((bridge, Group, true), (link.Master, link.Group, link.IsUp)));
        Assert.True(_ns.Route.DeleteGroup(Group));
        Assert.DoesNotContain(_ns.Route.ListLinks(TestContext.Current.CancellationToken), link => link.Kind == LinkKind.Tun);
    }

    [Fact]
    public void CreateDelete_OverAndOver_LeavesNoDescriptorLinkOrElement()
    {
        const int Batch = 50;
        int cycles = s_isSoak ? 10_000 : 500;
        using NftSocket firewall = _ns.Run(() => new NftSocket());
        using NftTransaction make = new();
        firewall.Commit(make.AddTable(NftFamily.Bridge, "probe").AddSet(NftFamily.Bridge, "probe", new NftSet { Name = "ports", Key = [NftKeyType.LinkName] }));
        int links = _ns.Route.ListLinks(TestContext.Current.CancellationToken).Count;
        Cycle(firewall, Batch);
        int descriptors = Taps();
        for (int done = 0; done < cycles; done += Batch)
        {
            Cycle(firewall, Batch);
        }

        Assert.Equal(descriptors, Taps());
        Assert.Equal(links, _ns.Route.ListLinks(TestContext.Current.CancellationToken).Count);
        Assert.Empty(firewall.ListElements(NftFamily.Bridge, "probe", "ports"));
    }

    public void Dispose() => _ns.Dispose();

    private void Cycle(NftSocket firewall, int count)
    {
        NftElement[] elements = [.. Enumerable.Range(0, count).Select(i => NftElement.OfLink($"vc{i}"))];
        _ns.Run(() =>
        {
            for (int i = 0; i < count; i++)
            {
                using TapDevice tap = TapDevice.Create($"vc{i}", new TapOptions { IsPersistent = true });
                _ns.Route.SetLink($"vc{i}", new LinkChange { Group = Group, Up = true });
                using NftTransaction add = new();
                firewall.Commit(add.AddElement(NftFamily.Bridge, "probe", "ports", elements[i]));
            }
        });
        using NftTransaction delete = new();
        firewall.Commit(delete.DeleteElements(NftFamily.Bridge, "probe", "ports", elements));
        _ns.Route.DeleteGroup(Group);
    }

    // Other tests run beside this one and have descriptors of their own, but a leaked tap would hold this path.
    private static int Taps() => Directory.GetFileSystemEntries("/proc/self/fdinfo").Count(entry =>
    {
        try
        {
            return File.ReadAllText(entry).Contains("iff:\tvc", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}
