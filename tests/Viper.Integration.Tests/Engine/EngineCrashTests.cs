using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Viper.TestKit;

namespace Viper.Integration.Tests.Engine;

/// <summary>The daemon's engine dies by SIGKILL at an await or at a system call, and the next one finds every VM whole or gone.</summary>
public sealed class EngineCrashTests
{
    private const int Lanes = 3;

    /// <summary>It is killed at the first, the second, … of each system function within a command.</summary>
    private const int Occurrences = 4;

    /// <summary>So many different points are the least.</summary>
    private const int Bar = 200;

    private static readonly string[] s_main = ["create", "start", "stop", "delete"];
    private static readonly string[] s_others = ["pause", "resume", "restart"];

    // What changes something outside the process: netlink, taps, files, the database, processes, sockets.
    private static readonly string[] s_calls =
        ["sendto", "sendmsg", "ioctl", "openat", "unlink", "mkdir", "rmdir", "mknodat", "pwrite64", "fdatasync", "write", "connect", "bind", "vfork,clone3,clone", "kill,pidfd_send_signal", "close"];

    [Fact]
    public async Task Killed_AtEveryAwaitAndSystemCall_TheNextOneFindsEveryVmWholeOrGone()
    {
        long began = Stopwatch.GetTimestamp();
        CrashLane[] lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(static async lane =>
            new CrashLane(await EngineStage.SetAsync(), string.Create(CultureInfo.InvariantCulture, $"v{lane}-"))));
        IReadOnlyList<CrashPoint> awaits = await AwaitsAsync(lanes[0]);
        ConcurrentQueue<Func<CrashLane, Task>> work = new();
        CrashCount atAwaits = new();
        CrashCount atCalls = new();
        int rounds = SoakReport.Count(ci: 1, soak: 20);
        for (int round = 0; round < rounds; round++)
        {
            foreach (CrashPoint point in awaits)
            {
                work.Enqueue(async lane => atAwaits.Add(point, await lane.DieAtAwaitAsync(point)));
            }

            foreach ((string command, string call) in s_main.Concat(SoakReport.IsSoak ? s_others : ["pause"]).SelectMany(static command => s_calls.Select(call => (command, call))))
            {
                work.Enqueue(lane => DieAtCallsAsync(lane, command, call, atCalls));
            }

            // A soak that is broken off has said how far it came.
            int done = round + 1;
            work.Enqueue(_ => Task.Run(() => Report(done, atAwaits, atCalls, began)));
        }

        try
        {
            await Task.WhenAll(lanes.Select(lane => Task.Run(async () =>
            {
                while (work.TryDequeue(out Func<CrashLane, Task>? next))
                {
                    await next(lane);
                }

                await lane.CloseAsync();
            })));
        }
        finally
        {
            work.Clear();
            foreach (CrashLane lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{atAwaits.Points} awaits, {atCalls.Points} system calls, {atAwaits.Deaths + atCalls.Deaths} deaths in {seconds:0} s; never come by: {string.Join(", ", atAwaits.Missed)}"));
        Report(rounds, atAwaits, atCalls, began);
        Assert.True(atAwaits.Points + atCalls.Points >= Bar, $"{atAwaits.Points} awaits and {atCalls.Points} system calls.");
    }

    /// <summary>A cross-section with real microVMs: some awaits of each command; under soak all of them.</summary>
    [Theory]
    [InlineData("create", 2)]
    [InlineData("start", 2)]
    [InlineData("stop", 1)]
    [InlineData("delete", 1)]
    public async Task Killed_WithRealVms_TheNextOneFindsEveryVmWholeOrGone(string command, int few)
    {
        await using CrashLane lane = new(await EngineStage.SetRealAsync(), "r");
        IReadOnlyList<CrashPoint> all = await lane.RecordAsync(command);
        CrashCount deaths = new();
        foreach (int start in SoakReport.IsSoak ? Enumerable.Range(0, all.Count) : Enumerable.Range(1, few).Select(part => part * all.Count / (few + 1)))
        {
            // Whether an await has to wait is a matter of moments: where it did so once and no more, the next one serves as well.
            for (int at = start; at < all.Count; at++)
            {
                bool isDead = await lane.DieAtAwaitAsync(all[at]);
                deaths.Add(all[at], isDead);
                if (isDead || SoakReport.IsSoak)
                {
                    break;
                }
            }
        }

        await lane.CloseAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{command}: {deaths.Deaths} of {all.Count} awaits; never come by: {string.Join(", ", deaths.Missed)}"));
        SoakReport.Write($"engine-crashes-qemu-{command}", ("awaits", deaths.Points), ("missed", deaths.Missed.Count));
        Assert.True(deaths.Deaths > 0, "It was never killed.");
    }

    /// <summary>Every place of create, start, stop and delete once, and what only the other commands come by; under soak each occurrence in each command.</summary>
    private static async Task<IReadOnlyList<CrashPoint>> AwaitsAsync(CrashLane lane)
    {
        List<CrashPoint> points = [];
        foreach (string command in s_main.Concat(s_others))
        {
            IReadOnlyList<CrashPoint> own = await lane.RecordAsync(command);
            HashSet<string> known = [.. s_others.Contains(command) ? points.Select(static point => point.Name) : []];
            points.AddRange(SoakReport.IsSoak ? own : own.Where(point => point.Name.EndsWith("/1", StringComparison.Ordinal) && !known.Contains(point.Name)));
        }

        return points;
    }

    private static void Report(int rounds, CrashCount atAwaits, CrashCount atCalls, long began) => SoakReport.Write(
        "engine-crashes",
        ("rounds", rounds),
        ("awaits", atAwaits.Points),
        ("system_calls", atCalls.Points),
        ("deaths", atAwaits.Deaths + atCalls.Deaths),
        ("missed", atAwaits.Missed.Count),
        ("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds));

    private static async Task DieAtCallsAsync(CrashLane lane, string command, string call, CrashCount count)
    {
        for (int occurrence = 1; occurrence <= Occurrences; occurrence++)
        {
            CrashPoint point = new(command, string.Create(CultureInfo.InvariantCulture, $"{call} no. {occurrence}"));
            if (!await lane.DieAtCallAsync(point, call, occurrence))
            {
                return;
            }

            count.Add(point, isDead: true);
        }
    }
}
