namespace Viper.State.Tests;

public sealed class EventTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);
    private readonly FixedClock _clock = new();
    private readonly StateStore _store;

    public EventTests() =>
        _store = StateStore.Open(_folder.Database, new StateStoreOptions { Time = _clock, EventsKept = 10 });

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ReadEvents_EmptyLog_GivesAnEmptyPage()
    {
        EventPage page = _store.ReadEvents(0, 10);

        Assert.Empty(page.Events);
        Assert.Equal((1L, 0L, 0L, false), (page.OldestSeq, page.LastSeq, page.NextAfterSeq, page.Truncated));
    }

    [Fact]
    public void AppendEvent_NoVm_IsReadBackAsGiven()
    {
        StoredEvent given = _store.AppendEvent(new EventDraft("HOST", DataJson: "{\"ü\":1}"));

        Assert.Equal(new StoredEvent(1, _clock.Now, "HOST", null, null, null, "{\"ü\":1}"), given);
        Assert.Equal(given, Assert.Single(_store.ReadEvents(0, 1).Events));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A\nB")]
    public void AppendEvent_BadType_Throws(string type) =>
        Assert.Throws<ArgumentException>(() => _store.AppendEvent(new EventDraft(type)));

    [Fact]
    public void ReadEvents_InPages_GivesEveryEventOnceInOrder()
    {
        Append(25);
        var seen = new List<long>();
        long after = 0;
        while (_store.ReadEvents(after, 7) is { Events.Count: > 0 } page)
        {
            seen.AddRange(page.Events.Select(e => e.Seq));
            after = page.NextAfterSeq;
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(i => (long)i), seen);
    }

    [Fact]
    public void ReadEvents_ByTypeAndVm_GivesThoseAndSaysHowFarItLooked()
    {
        for (int i = 0; i < 12; i++)
        {
            _store.AppendEvent(new EventDraft($"T{i % 3}", VmName: i % 2 == 0 ? "a" : "b"));
        }

        EventPage types = _store.ReadEvents(0, 50, new EventFilter { Types = ["T0", "T2"] });
        EventPage both = _store.ReadEvents(2, 50, new EventFilter { Types = ["T0"], VmName = "a" });
        EventPage part = _store.ReadEvents(0, 1, new EventFilter { VmName = "b" });

        Assert.Equal([1L, 3, 4, 6, 7, 9, 10, 12], types.Events.Select(e => e.Seq));
        Assert.Equal([7L], both.Events.Select(e => e.Seq));
        Assert.Equal(12, both.NextAfterSeq);
        Assert.Equal(2, part.NextAfterSeq);
        Assert.Empty(_store.ReadEvents(0, 5, new EventFilter { Types = ["T"] }).Events);
    }

    [Fact]
    public void AppendEvent_MoreThanKept_DropsTheOldestAndTellsTheReader()
    {
        Append(StateStore.TrimEvery);

        EventPage late = _store.ReadEvents(3, 100);
        EventPage onTime = _store.ReadEvents(54, 100);

        Assert.Equal((55L, 64L), (_store.OldestSeq, _store.LastSeq));
        Assert.True(late.Truncated);
        Assert.Equal(10, late.Events.Count);
        Assert.False(onTime.Truncated);
    }

    [Fact]
    public void AppendEvent_OlderThanKept_DropsFromTheOldEndAndTellsTheReader()
    {
        using var folder = new StateFolder(inMemory: true);
        using var store = StateStore.Open(folder.Database, new StateStoreOptions { Time = _clock, EventsKeptFor = TimeSpan.FromHours(1) });
        store.AppendEvent(new EventDraft("OLD"));
        _clock.Advance(TimeSpan.FromMinutes(40));
        store.AppendEvent(new EventDraft("YOUNGER"));
        _clock.Advance(TimeSpan.FromMinutes(40));

        Assert.Equal(1, store.TrimEvents());

        EventPage page = store.ReadEvents(0, 10);
        Assert.Equal((2L, 2L, true), (page.OldestSeq, Assert.Single(page.Events).Seq, page.Truncated));
        _clock.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(1, store.TrimEvents());
        Assert.Equal((3L, 2L), (store.OldestSeq, store.LastSeq));
        for (int i = 3; i <= StateStore.TrimEvery; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            store.AppendEvent(new EventDraft("X"));
        }

        // Of the last hour: this one and the thirty before it.
        Assert.Equal(StateStore.TrimEvery - 30, store.OldestSeq);
    }

    [Fact]
    public void TrimEvents_ClockIsSetAhead_RemovesNothing()
    {
        Append(3);
        _clock.Now += TimeSpan.FromDays(400);

        Assert.Equal(0, _store.TrimEvents());
    }

    [Fact]
    public void AppendEvent_FarMoreThanKept_RemovesABatchAtATime()
    {
        using var folder = new StateFolder(inMemory: true);
        const int Total = StateStore.TrimBatch + 1000;
        using (var generous = StateStore.Open(folder.Database, Vms.NoRest))
        {
            generous.AppendEvent(new EventDraft("X"));
        }

        // Appending that many one by one would take the test half a minute on a slow machine.
        Assert.Equal(0, ChildProcess.Run("sqlite3", folder.Database,
            $"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {Total}) INSERT INTO events SELECT i, {_clock.Now.ToUnixTimeMilliseconds()}, 'X', NULL, NULL, NULL, '' FROM n").Code);
        using var store = StateStore.Open(folder.Database, new StateStoreOptions { Time = _clock, EventsKept = 10 });
        while (store.AppendEvent(new EventDraft("X")).Seq % StateStore.TrimEvery != 0)
        {
        }

        Assert.Equal(StateStore.TrimBatch + 1, store.OldestSeq);
        Assert.Equal(store.LastSeq - 10 - StateStore.TrimBatch, store.TrimEvents());
    }

    [Fact]
    public void TrimEvents_All_KeepsCountingAndTellsTheReader()
    {
        Append(5);

        Assert.Equal(5, _store.TrimEvents(0));

        EventPage page = _store.ReadEvents(2, 10);
        Assert.Equal((6L, 5L, 5L, true), (page.OldestSeq, page.LastSeq, page.NextAfterSeq, page.Truncated));
        Assert.False(_store.ReadEvents(5, 10).Truncated);
        Assert.Equal(6, _store.AppendEvent(new EventDraft("X")).Seq);
    }

    [Fact]
    public void ReadEvents_AfterTheEnd_GivesNothingAndKeepsThePlace()
    {
        Append(2);

        EventPage page = _store.ReadEvents(9, 10);

        Assert.Empty(page.Events);
        Assert.Equal(9, page.NextAfterSeq);
    }

    [Fact]
    public void ReadEvents_BadArguments_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.ReadEvents(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.ReadEvents(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.TrimEvents(-1));
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _store.AppendEvent(new EventDraft("X"));
        }
    }
}
