using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests.Network;

/// <summary>What a VM may do on the network, from the request to the bridge, over stops and restarts.</summary>
public sealed class NetworkOfVmTests
{
    [Theory]
    [InlineData(true, NetworkPolicies.Internet)]
    [InlineData(false, NetworkPolicies.None)]
    public async Task Create_WithoutAPolicy_TakesThatOfTheImage(bool hasBrowser, string expected)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Images.HasBrowser = hasBrowser;

        Vm vm = await fixture.CreateReadyAsync("a");

        Assert.Equal(expected, vm.Network!.Policy);
        Assert.Equal(expected, Assert.Single(fixture.Network.Specs).Value.Policy);
    }

    [Fact]
    public async Task Start_AfterAStopAndANewDaemon_KeepsTheNetwork()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        NetworkSpec spec = new()
        {
            Policy = NetworkPolicies.Allow,
            Allow = [new NetworkAllow { Cidr = "203.0.113.9", Ports = ["443/tcp"] }],
            UpKbps = 1,
            DownKbps = 2,
            MaxConnections = 3,
        };
        await fixture.Engine.CreateAsync(new CreateVmRequest { Name = "a", Network = spec }, TestContext.Current.CancellationToken);
        await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken);
        await fixture.Engine.StopAsync("a", force: true, TestContext.Current.CancellationToken);
        await fixture.Engine.DisposeAsync();
        fixture.Network.Specs.Clear();
        await fixture.ReopenAsync();

        await fixture.Engine.StartAsync("a", TestContext.Current.CancellationToken);
        Vm vm = await fixture.Engine.WaitReadyAsync("a", EngineFixture.Patience, TestContext.Current.CancellationToken);

        foreach (NetworkSpec kept in (NetworkSpec[])[vm.Network!, Assert.Single(fixture.Network.Specs).Value])
        {
            Assert.Equal((NetworkPolicies.Allow, 1, 2, 3), (kept.Policy, kept.UpKbps, kept.DownKbps, kept.MaxConnections));
            NetworkAllow entry = Assert.Single(kept.Allow);
            Assert.Equal(("203.0.113.9/32", "443/tcp"), (entry.Cidr, Assert.Single(entry.Ports)));
        }
    }

    [Fact]
    public async Task Denied_ByTheBridge_IsAnEventOfThatVm()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Vm vm = await fixture.CreateReadyAsync("a");

        fixture.Network.Denied!(VmActor.TapOf(vm.Id), new NetworkDeniedData { Reason = "policy", Protocol = "tcp", Destination = "10.0.0.1", Port = 22 });
        fixture.Network.Denied!("vtunknown", new NetworkDeniedData { Reason = "policy", Protocol = "tcp" });

        VmEvent e = (await fixture.EventsUntilAsync(VmEventTypes.NetworkDenied, "a"))[^1];
        Assert.Equal("""{"reason":"policy","protocol":"tcp","destination":"10.0.0.1","port":22}""", JsonSerializer.Serialize(e.Data));
    }
}
