using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>What the kernel remembers of a VM's connections goes with the VM, and nobody else's.</summary>
public sealed class ConnectionLeftoverTests : IDisposable
{
    private readonly PolicyStage _stage = new();
    private readonly List<Socket> _held = [];
    private readonly Socket _quiet;

    public ConnectionLeftoverTests()
    {
        _quiet = _stage.Outside.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _quiet.Bind(new IPEndPoint(PolicyStage.Address("world"), 9090));
        _quiet.Listen();
    }

    [Fact]
    public async Task Detach_VmWithConnections_LeavesNoneOfItsOwnAndThoseOfOthers()
    {
        await HoldAsync(_stage.Add("guest", new NetworkSpec { Policy = "open" }).Guest, PolicyStage.Address("world"), 9090);
        await HoldAsync(_stage.Add("other", new NetworkSpec { Policy = "open" }).Guest, PolicyStage.Address("world"), 9090);
        await HoldAsync(_stage.Host, PolicyStage.IpOf(2), PolicyStage.Web);
        Assert.Equal(2, EntriesOf(2).Length);
        string[] others = EntriesOf(3);
        Assert.Single(others);

        Assert.True(await _stage.Vms.DetachAsync(PolicyStage.TapOf(2)));

        Assert.Empty(EntriesOf(2));
        Assert.Equal(others.Length, EntriesOf(3).Length);
    }

    [Fact]
    public async Task Detach_TapGoneAlready_StillForgets()
    {
        await HoldAsync(_stage.Add("guest", new NetworkSpec { Policy = "open" }).Guest, PolicyStage.Address("world"), 9090);
        _stage.Host.Route.DeleteLink(PolicyStage.TapOf(2));
        Assert.False(await _stage.Vms.DetachAsync(PolicyStage.TapOf(2)));
        Assert.Empty(EntriesOf(2));
    }

    [Fact]
    public async Task RemoveLeftovers_AfterACrash_ForgetsVmsButNotTheHost()
    {
        await HoldAsync(_stage.Add("guest", new NetworkSpec { Policy = "open" }).Guest, PolicyStage.Address("world"), 9090);
        await HoldAsync(_stage.Host, PolicyStage.Address("gateway"), PolicyStage.Web);
        await HoldAsync(_stage.Host, PolicyStage.Address("world"), 9090);
        int before = TcpEntries();

        using VmNetwork restarted = _stage.Host.Run(() => new VmNetwork(PolicyStage.Settings));
        Assert.Contains("1 connections of VMs that are gone", await restarted.RemoveLeftoversAsync());

        Assert.Empty(EntriesOf(2));
        Assert.Equal(before - 1, TcpEntries());
        Assert.Contains(Entries(), static line => line.Contains("src=192.168.127.1 dst=192.168.127.1", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _held.ForEach(static socket => socket.Dispose());
        _quiet.Dispose();
        _stage.Dispose();
    }

    private string[] Entries() => _stage.Host.Run(() => File.ReadAllLines("/proc/thread-self/net/nf_conntrack"));

    // The bridge reports its multicast groups whenever it likes, which is tracked too.
    private int TcpEntries() => Entries().Count(static line => line.Contains(" tcp ", StringComparison.Ordinal));

    private string[] EntriesOf(int number) => [.. Entries().Where(line => line.Split(' ').Any(part => part.EndsWith($"={PolicyStage.IpOf(number)}", StringComparison.Ordinal)))];

    private async Task HoldAsync(NetNsFixture from, IPAddress to, int port)
    {
        Socket socket = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _held.Add(socket);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        await socket.ConnectAsync(new IPEndPoint(to, port), patience.Token);
    }
}
