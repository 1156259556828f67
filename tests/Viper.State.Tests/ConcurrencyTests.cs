using System.Diagnostics;
using System.Globalization;

namespace Viper.State.Tests;

public sealed class ConcurrencyTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);
    private static readonly bool s_isSoak = Environment.GetEnvironmentVariable("VIPER_SOAK") == "1";

    [Fact]
    public void Store_SixteenWritersAndFourReaders_StaysSound()
    {
        using var folder = new StateFolder(inMemory: true);
        using var store = StateStore.Open(folder.Database, Vms.NoRest);
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        using var stop = new CancellationTokenSource();
        List<Thread> writers = Start(16, i => ChildParts.Write(store, $"w{i}", 24), failures);
        List<Thread> readers = Start(4, _ => ReadUntil(store, stop.Token), failures);

        writers.ForEach(t => Assert.True(t.Join(s_deadline)));
        stop.Cancel();
        readers.ForEach(t => Assert.True(t.Join(s_deadline)));

        Assert.Empty(failures);
        Assert.Equal(16 * 12, store.CountVms());
        Assert.Equal(16 * (24 + 24 + 12), store.LastSeq);
        Vms.AssertSound(store);
        Vms.AssertNeverTwoHolders(store);
    }

    [Fact]
    public void Open_SixteenAtOnceOnANewFile_AllSucceedAndMigrateOnce()
    {
        for (int round = 0; round < 10; round++)
        {
            using var folder = new StateFolder(inMemory: true);
            var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
            List<Thread> openers = Start(16, i =>
            {
                using var store = StateStore.Open(folder.Database, Vms.NoRest);
                store.SeedPool(Vms.Subnet, Vms.Gateway);
                Vms.Create(store, $"v{i}");
            }, failures);
            openers.ForEach(t => Assert.True(t.Join(s_deadline)));

            Assert.Empty(failures);
            using var last = StateStore.Open(folder.Database);
            Assert.Equal(16, last.CountVms());
            Vms.AssertSound(last);
        }
    }

    [Fact]
    public void Store_TwoProcessesWriting_StaysSound()
    {
        using var folder = new StateFolder();
        using Process one = ChildProcess.StartPart("write", folder.Database, "p1", "40");
        using Process two = ChildProcess.StartPart("write", folder.Database, "p2", "40");

        (int code1, string output1) = ChildProcess.Finish(one);
        (int code2, string output2) = ChildProcess.Finish(two);

        Assert.True(code1 == 0, output1);
        Assert.True(code2 == 0, output2);
        using var store = StateStore.Open(folder.Database);
        Assert.Equal(40, store.CountVms());
        Assert.Equal(2 * 100, store.LastSeq);
        Vms.AssertSound(store);
        Vms.AssertNeverTwoHolders(store);
    }

    [Fact]
    public void Store_SixteenProcessesKilledAgainAndAgain_NeverHasTwoHolders()
    {
        // Each process has four threads, and is killed after another number of its commits.
        using var folder = new StateFolder(inMemory: true);
        for (int round = 0; round < (s_isSoak ? 40 : 2); round++)
        {
            long told = 0;
            List<Process> writers = [.. Enumerable.Range(0, 16).Select(_ => ChildProcess.StartPart("write-for-ever", folder.Database, "5"))];
            try
            {
                for (int i = 0; i < writers.Count; i++)
                {
                    for (int line = 0; line <= i % 4; line++)
                    {
                        told = Math.Max(told, NextSeq(writers[i]));
                    }

                    writers[i].Kill();
                }
            }
            finally
            {
                writers.ForEach(ChildProcess.End);
            }

            using var store = StateStore.Open(folder.Database, Vms.NoRest);
            Assert.True(store.LastSeq >= told, $"Event {told} was committed, but the log ends at {store.LastSeq}.");
            Vms.AssertSound(store);
            Vms.AssertNeverTwoHolders(store);
        }
    }

    [Fact]
    public void Store_WriterKilledAgainAndAgain_LosesNothingThatWasCommitted()
    {
        using var folder = new StateFolder();
        for (int round = 0; round < 6; round++)
        {
            long told = 0;
            using (Process writer = ChildProcess.StartPart("write-for-ever", folder.Database))
            {
                // Killed while it writes, each time after another number of commits.
                for (int i = 0; i < 5 + (round * 7); i++)
                {
                    told = NextSeq(writer);
                }

                writer.Kill();
                Assert.True(writer.WaitForExit(s_deadline));
            }

            using var store = StateStore.Open(folder.Database);
            Assert.True(store.LastSeq >= told, $"Event {told} was committed, but the log ends at {store.LastSeq}.");
            Vms.AssertSound(store);
        }
    }

    private static long NextSeq(Process writer)
    {
        string? line = writer.StandardOutput.ReadLine();
        Assert.True(line is not null, "A writer ended by itself: " + (line is null ? writer.StandardError.ReadToEnd() : ""));
        return long.Parse(line!, CultureInfo.InvariantCulture);
    }

    private static void ReadUntil(StateStore store, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            EventPage page = store.ReadEvents(0, int.MaxValue);
            Assert.Equal(page.LastSeq, page.Events.Count);
            store.ListVms();
            PoolUsage usage = store.PoolUsage();
            Assert.InRange(usage.Leased, 0, usage.Total);
        }
    }

    private static List<Thread> Start(int count, Action<int> body, System.Collections.Concurrent.ConcurrentQueue<Exception> failures)
    {
        List<Thread> threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                body(i);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        }))];
        threads.ForEach(t => t.Start());
        return threads;
    }
}
