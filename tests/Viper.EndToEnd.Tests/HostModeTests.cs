using Viper.Net;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>The stage on a network that it did not make, as <c>VIPER_DEMO_NET=host</c> sets it; the host is played by a namespace.</summary>
public sealed class HostModeTests : IDisposable
{
    private readonly NetworkNamespace _host = NetworkNamespace.Create($"viper-host-{Guid.NewGuid():N}"[..24]);

    private StageOptions Options => SharedStage.Options with
    {
        UsesHostNetwork = true,
        Environment = new Dictionary<string, string> { ["VIPER_NETNS"] = _host.Name! },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        NetworkNamespace.Delete(_host.Name!);
    }

    [Fact]
    public async Task Stage_HostHadNothing_RemovesAllThatItMade()
    {
        await using (await ViperStage.StartAsync(Options, Cancel))
        {
            Assert.True(HasBridge());
        }

        Assert.False(HasBridge());
    }

    [Fact]
    public async Task Stage_HostWasSetUpBefore_LeavesItSetUp()
    {
        await using ViperStage owner = await ViperStage.SetAsync(Options, Cancel);
        ViperStage.ThrowIfFailed("viperd setup", await owner.RunViperdAsync(["setup"], Cancel));

        await using (await ViperStage.StartAsync(Options, Cancel))
        {
            Assert.True(HasBridge());
        }

        Assert.True(HasBridge());
    }

    [Fact]
    public async Task Stage_AnotherDaemonRunsThere_SaysSoAndLeavesItsNetwork()
    {
        await using ViperStage owner = await ViperStage.StartAsync(Options, Cancel);

        StageException e = await Assert.ThrowsAsync<StageException>(async () => await ViperStage.StartAsync(Options, Cancel));

        Assert.Contains("in use by another daemon", e.Message, StringComparison.Ordinal);
        Assert.True(HasBridge());
        await owner.Client.CheckHealthAsync(Cancel);
    }

    private bool HasBridge() => _host.Run(() =>
    {
        using RouteSocket routes = new();
        return routes.GetLink("viperbr0") is not null;
    });
}
