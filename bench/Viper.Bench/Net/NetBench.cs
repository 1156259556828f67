using System.Diagnostics;
using System.Globalization;
using System.Net;
using Viper.Net;
using Viper.Net.Firewall;
using Viper.Stage;

namespace Viper.Bench.Net;

/// <summary>Netlink from C# beside netlink from C and beside spawned tools, in a network namespace of its own; rounds interleaved.</summary>
internal sealed class NetBench(StageOptions options)
{
    private const string Bridge = "br0";
    private const string Table = "bench";
    private const string Set = "guests";
    private const uint Group = 77;
    private const int Rounds = 31;
    private const int SlowRounds = 15;
    private const int Taps = 20;
    private const int Policies = 500;
    private const int Dumps = 10;
    private const int Pairs = 250;
    private const int Deleted = 100;
    private const int WarmUps = 5;

    private readonly List<TapDevice> _taps = new(Taps);

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        using NetworkNamespace lab = NetworkNamespace.CreateAnonymous();
        List<BenchRow> rows = lab.Run(() => Run(cancellationToken));
        return [.. rows, await AttachBench.RunAsync(lab, cancellationToken)];
    }

    private List<BenchRow> Run(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("viper-bench-net-").FullName;
        try
        {
            string change = Path.Combine(folder, "change.nft");
            File.WriteAllText(change, $"add element inet {Table} {Set} {{ 10.0.0.1 }}\ndelete element inet {Table} {Set} {{ 10.0.0.1 }}\n");
            using NetFloor floor = NetFloor.Start(SourceOfFloor(), folder, change);
            using RouteSocket route = new();
            using NftSocket firewall = new();
            route.AddBridge(Bridge);
            Link bridge = route.GetLink(Bridge)!;
            route.SetUp(bridge.Index);
            using (NftTransaction table = new())
            {
                firewall.Commit(table.AddTable(NftFamily.Inet, Table)
                    .AddSet(NftFamily.Inet, Table, new NftSet { Name = Set, Key = [NftKeyType.Ipv4Address] }));
            }

            List<BenchRow> rows =
            [
                Pair("tap_create", 1.2, Rounds, Taps, () => OurTaps(route, bridge.Index), () => floor.Do("tap", Taps, bridge.Index), () => RemoveTaps(route, floor), cancellationToken),
                Pair("tap_create_vs_ip", 0.1, SlowRounds, Taps, () => OurTaps(route, bridge.Index, Group), () => floor.Do("iptap", Taps), () => RemoveTaps(route, floor), cancellationToken),
                Pair("policy_change", 3, Rounds, Policies, () => OurPolicies(firewall, Policies), () => floor.Do("policy", Policies), null, cancellationToken),
                Pair("policy_change_vs_nft", 0.0034, SlowRounds, Taps, () => OurPolicies(firewall, Taps), () => floor.Do("nft", Taps), null, cancellationToken),
                DeleteRow(route, floor, cancellationToken),
            ];
            for (int i = 0; i < Pairs; i++)
            {
                route.AddVeth($"va{i}", $"vb{i}");
            }

            rows.Add(Pair("dump_500", 1.3, Rounds, Dumps, () => OurDumps(route), () => floor.Do("dump", Dumps, 2 * Pairs), null, cancellationToken));
            rows.Add(ReceiveRow(route));
            return rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Both in turn, who is first changing, with the figures of one operation in microseconds.</summary>
    private static BenchRow Pair(
        string name, double bar, int rounds, int operations, Func<double> ours, Func<double> floor, Action? clean, CancellationToken cancellationToken)
    {
        List<(double, double)> figures = [];
        for (int i = -WarmUps; i < rounds; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double theirs = 0;
            if (i % 2 == 0)
            {
                theirs = floor();
                clean?.Invoke();
            }

            double mine = ours();
            clean?.Invoke();
            if (i % 2 != 0)
            {
                theirs = floor();
                clean?.Invoke();
            }

            if (i >= 0)
            {
                figures.Add((mine / operations, theirs / operations));
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rounds} rounds"));
        return Statistics.Paired(name, "us", figures, bar);
    }

    private double OurTaps(RouteSocket route, int bridge, uint? group = null)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Taps; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"vp{i}");
            _taps.Add(TapDevice.Create(name));
            route.SetLink(name, new LinkChange { Master = bridge, Group = group, Up = true });
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private void RemoveTaps(RouteSocket route, NetFloor floor)
    {
        foreach (Link tap in route.ListLinks().Where(static link => link.Kind == LinkKind.Tun))
        {
            route.SetGroup(tap.Index, Group);
        }

        route.DeleteGroup(Group);
        _taps.ForEach(static tap => tap.Dispose());
        _taps.Clear();
        floor.Do("close", 0);
    }

    private static double OurPolicies(NftSocket firewall, int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            NftElement element = NftElement.Of(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]));
            using NftTransaction change = new();
            firewall.Commit(change.AddElement(NftFamily.Inet, Table, Set, element).DeleteElement(NftFamily.Inet, Table, Set, element));
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double OurDumps(RouteSocket route)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Dumps; i++)
        {
            if (route.ListLinks().Count < 2 * Pairs)
            {
                throw new StageException("Links are missing in the list.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static BenchRow DeleteRow(RouteSocket route, NetFloor floor, CancellationToken cancellationToken)
    {
        double Ours()
        {
            MakeGroup(route);
            long start = Stopwatch.GetTimestamp();
            route.DeleteGroup(Group);
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        double Theirs()
        {
            MakeGroup(route);
            return floor.Do("delete", (int)Group);
        }

        return Pair("delete_100", 1.5, SlowRounds, Deleted, Ours, Theirs, null, cancellationToken);
    }

    private static void MakeGroup(RouteSocket route)
    {
        for (int i = 0; i < Deleted; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"vd{i}");
            TapDevice.Create(name, new TapOptions { IsPersistent = true }).Dispose();
            route.SetLink(name, new LinkChange { Group = Group, Up = true });
        }
    }

    private static BenchRow ReceiveRow(RouteSocket route)
    {
        LinkCounter counter = new();
        for (int i = 0; i < WarmUps * Dumps; i++)
        {
            route.VisitLinks(counter);
        }

        List<double> perMessage = [];
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            route.VisitLinks(counter);
            perMessage.Add((double)(GC.GetAllocatedBytesForCurrentThread() - before) / counter.Count);
        }

        return Statistics.Reported("receive_bytes", "B", perMessage) with { Metric = "allocated", Ours = perMessage.Max(), MaxValue = 0 };
    }

    private string SourceOfFloor()
    {
        string source = Path.GetFullPath(Path.Combine(options.Programs, "..", "..", "bench", "floors", "net.c"));
        return File.Exists(source) ? source : throw new StageException($"{source} is missing.");
    }
}
