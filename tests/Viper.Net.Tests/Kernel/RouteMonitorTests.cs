using System.Net;

using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class RouteMonitorTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);
    private readonly NetNsFixture _ns = new();

    [Fact]
    public async Task ReadAsync_LinksComeAndGo_AreToldAfterAResync()
    {
        using RouteMonitor monitor = _ns.Run(() => new RouteMonitor());
        _ns.Route.AddBridge("br0");
        _ns.Route.AddAddress(_ns.Route.GetLink("br0")!.Index, IPAddress.Parse("192.0.2.1"), 24);
        _ns.Route.DeleteLink("br0");

        List<RouteEvent> seen = await UntilAsync(monitor, e => e is { Kind: RouteEventKind.Deleted, Link.Name: "br0" });

        Assert.Equal(RouteEventKind.Resync, seen[0].Kind);
        Assert.Contains(seen, e => e is { Kind: RouteEventKind.Changed, Link.Name: "br0" });
        Assert.Contains(seen, e => e.Kind == RouteEventKind.Changed && IPAddress.Parse("192.0.2.1").Equals(e.Address?.Address));
    }

    [Fact]
    public async Task ReadAsync_WaitsFirst_IsWokenByWhatHappens()
    {
        using RouteMonitor monitor = _ns.Run(() => new RouteMonitor(RouteTopics.Links));
        Task<List<RouteEvent>> waiting = UntilAsync(monitor, e => e.Link?.Name == "late0");
        _ns.Route.AddBridge("late0");
        Assert.NotEmpty(await waiting);
    }

    [Fact]
    public async Task ReadAsync_MoreThanTheBufferHolds_TellsToListAgain()
    {
        using RouteMonitor monitor = _ns.Run(() => new RouteMonitor(RouteTopics.Links));
        _ns.Route.AddBridge("br0");
        int link = _ns.Route.GetLink("br0")!.Index;
        for (int i = 0; i < 4000; i++)
        {
            _ns.Route.SetUp(link, up: i % 2 == 0);
        }

        int resyncs = 0;
        await UntilAsync(monitor, e => e.Kind == RouteEventKind.Resync && ++resyncs == 2);
        // It goes on after the loss.
        _ns.Route.AddBridge("after0");
        await UntilAsync(monitor, e => e.Link?.Name == "after0");
    }

    [Fact]
    public async Task ReadAsync_Cancelled_EndsAndCanBeReadAgain()
    {
        using RouteMonitor monitor = _ns.Run(() => new RouteMonitor(RouteTopics.Links));
        using CancellationTokenSource cancel = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (RouteEvent happened in monitor.ReadAsync(cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });
        _ns.Route.AddBridge("br0");
        Assert.NotEmpty(await UntilAsync(monitor, e => e.Link?.Name == "br0"));
    }

    [Fact]
    public async Task ReadAsync_TwoReaders_IsMisuse()
    {
        using RouteMonitor monitor = _ns.Run(() => new RouteMonitor());
        await using IAsyncEnumerator<RouteEvent> first = monitor.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await first.MoveNextAsync();
        await using IAsyncEnumerator<RouteEvent> second = monitor.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());
    }

    public void Dispose() => _ns.Dispose();

    private static async Task<List<RouteEvent>> UntilAsync(RouteMonitor monitor, Func<RouteEvent, bool> last)
    {
        using CancellationTokenSource deadline = new(s_deadline);
        List<RouteEvent> seen = [];
        await foreach (RouteEvent happened in monitor.ReadAsync(deadline.Token))
        {
            seen.Add(happened);
            if (last(happened))
            {
                break;
            }
        }

        return seen;
    }
}
