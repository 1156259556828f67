using Viper.Contracts;

namespace Viper.Orchestration.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public async Task ReadEvents_AfterASeq_GivesTheRestAndThenWhatComes()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        using CancellationTokenSource patience = new(EngineFixture.Patience);
        await using IAsyncEnumerator<VmEvent> events = fixture.Engine.ReadEventsAsync(2, null, patience.Token).GetAsyncEnumerator(patience.Token);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal((3L, VmEventTypes.Ready), (events.Current.Seq, events.Current.Type));
        ValueTask<bool> next = events.MoveNextAsync();
        await fixture.Engine.DeleteAsync("a", patience.Token);

        Assert.True(await next);
        Assert.Equal((4L, VmEventTypes.Deleted), (events.Current.Seq, events.Current.Type));
    }

    [Fact]
    public async Task ReadEvents_AfterASeqThatTheLogDoesNotReach_SaysSoAndGoesOnFromItsEnd()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        using CancellationTokenSource patience = new(EngineFixture.Patience);
        await using IAsyncEnumerator<VmEvent> events = fixture.Engine.ReadEventsAsync(1_000_000, null, patience.Token).GetAsyncEnumerator(patience.Token);

        Assert.True(await events.MoveNextAsync());
        long last = events.Current.Seq;
        Assert.Equal((VmEventTypes.EventsTruncated, true), (events.Current.Type, last < 1_000_000));
        await fixture.Engine.DeleteAsync("a", patience.Token);
        Assert.True(await events.MoveNextAsync());

        Assert.Equal(last + 1, events.Current.Seq);
    }

    [Fact]
    public async Task ReadEvents_OfOneVm_LeavesOutTheOthers()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        await fixture.CreateReadyAsync("b");
        using CancellationTokenSource patience = new(EngineFixture.Patience);

        List<string> names = [];
        await foreach (VmEvent e in fixture.Engine.ReadEventsAsync(0, "b", patience.Token))
        {
            names.Add(e.Vm.Name);
            if (e.Type == VmEventTypes.Ready)
            {
                break;
            }
        }

        Assert.Equal(["b", "b", "b"], names);
    }

    [Fact]
    public async Task ReadEvents_WhenTheEngineCloses_Ends()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await using IAsyncEnumerator<VmEvent> events = fixture.Engine.ReadEventsAsync(null, null, CancellationToken.None).GetAsyncEnumerator();
        Task<bool> next = events.MoveNextAsync().AsTask();

        await fixture.Engine.DisposeAsync();

        Assert.False(await next.WaitAsync(EngineFixture.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadLog_OfAnUnknownSource_IsRefused()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        EngineException refused = Assert.Throws<EngineException>(() => fixture.Engine.ReadLogAsync("a", "../../etc/passwd", 10, false, TestContext.Current.CancellationToken));

        Assert.Equal(ProblemCodes.ValidationFailed, refused.Code);
    }

    [Fact]
    public async Task ReadLog_WithFollow_GivesTheTailAndThenWhatComesUntilTheVmIsDeleted()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm vm = await fixture.CreateReadyAsync("a");
        string path = Path.Combine(fixture.Settings.LogDirectory, "vms", vm.Id, "serial.log");
        await File.WriteAllTextAsync(path, "one\ntwo\nthree\n", TestContext.Current.CancellationToken);
        using CancellationTokenSource patience = new(EngineFixture.Patience);

        List<string> lines = [];
        await foreach (string line in fixture.Engine.ReadLogAsync("a", "serial", 2, true, patience.Token))
        {
            lines.Add(line);
            if (lines.Count == 2)
            {
                await File.AppendAllTextAsync(path, "four\n", TestContext.Current.CancellationToken);
            }
            else if (lines.Count == 3)
            {
                await fixture.Engine.DeleteAsync("a", patience.Token);
            }
        }

        Assert.Equal(["two", "three", "four"], lines);
    }

    [Fact]
    public async Task BrowserCrash_TheAgentTellsOf_IsAnEventAndAFloodOfThemIsNot()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");

        for (int i = 0; i < 200; i++)
        {
            await fixture.Hypervisor.Machines["a"].PrintAsync("""viper: browser_crashed {"restarts":1}""");
        }

        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.BrowserCrashed, "a");
        Assert.Equal(VmStatus.Running, events[^1].Vm.Status);
        await fixture.Engine.DeleteAsync("a", TestContext.Current.CancellationToken);
        events = await fixture.EventsUntilAsync(VmEventTypes.Deleted, "a");
        Assert.InRange(events.Count(static e => e.Type == VmEventTypes.BrowserCrashed), 1, 100);
    }
}
