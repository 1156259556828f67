using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

using Viper.Contracts;
using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>What the daemon does for guests while they live: names, events of denials, putting back what somebody changed.</summary>
public sealed class NetworkServicesTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] s_question = Convert.FromHexString("12340100000100000000000007" + "6578616d706c6503636f6d0000010001");

    private readonly PolicyStage _stage = new();
    private readonly NetworkServices _services;
    private readonly Channel<(string Tap, NetworkDeniedData Data)> _denied = Channel.CreateUnbounded<(string, NetworkDeniedData)>();
    private readonly List<Socket> _servers = [];

    public NetworkServicesTests()
    {
        // The resolver that the settings name is in the world: it answers with what it was asked, marked as an answer.
        _servers.Add(Resolver(SocketType.Dgram));
        _servers.Add(Resolver(SocketType.Stream));
        _services = new NetworkServices(
            PolicyStage.Settings,
            _stage.HostNetwork,
            _stage.Vms,
            NullLogger.Instance,
            (family, type) => _stage.Host.Run(() => new Socket(family, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp)),
            Timeout.InfiniteTimeSpan);
        _stage.Host.Run(() => _services.Start((tap, data) => _denied.Writer.TryWrite((tap, data))));
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("internet", true)]
    [InlineData("allow", true)]
    [InlineData("open", true)]
    public async Task Guest_AsksForAName_IsAnsweredUnlessItsPolicyIsNone(string policy, bool isAnswered)
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = policy }).Guest;
        foreach (SocketType type in (SocketType[])[SocketType.Dgram, SocketType.Stream])
        {
            byte[] answer = await AskAsync(guest, type, s_question);
            Assert.Equal(s_question[..2], answer[..2]);
            Assert.Equal(isAnswered ? 0 : 5, answer[3] & 0x0f);
            Assert.Equal(0x80, answer[2] & 0x80);
        }

        GuestState state = Assert.Single(_stage.Host.Run(() => _stage.HostNetwork.ListGuests()));
        Assert.Equal(2UL, state.Questions.Packets);
    }

    [Fact]
    public async Task Guest_SendsWhatIsNoQuestion_IsToldOrIgnored()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "internet" }).Guest;
        byte[] answer = await AskAsync(guest, SocketType.Dgram, s_question[..14]);
        Assert.Equal(1, answer[3] & 0x0f);
        Random random = new(4711);
        using Socket socket = guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        for (int i = 0; i < 300; i++)
        {
            byte[] junk = new byte[random.Next(1, 1200)];
            random.NextBytes(junk);
            await socket.SendToAsync(junk, new IPEndPoint(PolicyStage.Address("gateway"), 53));
        }

        Assert.Equal(0, (await AskUntilAnsweredAsync(guest))[3] & 0x0f);
    }

    [Fact]
    public async Task Guest_FloodsTheNameServer_IsHeldToItsShareAndOthersAreServed()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "internet" }).Guest;
        NetNsFixture other = _stage.Add("other", new NetworkSpec { Policy = "internet" }).Guest;
        using Socket socket = guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3000; i++)
        {
            await socket.SendToAsync(s_question, new IPEndPoint(PolicyStage.Address("gateway"), 53));
        }

        Assert.Equal(0, (await AskAsync(other, SocketType.Dgram, s_question))[3] & 0x0f);
        GuestState state = _stage.Host.Run(() => _stage.HostNetwork.ListGuests())[0];
        Assert.True(state.Denied.Packets > 0, "nothing was denied");

        // Two hundred at once and then a hundred a second, however long this machine took to ask.
        Assert.InRange(state.Questions.Packets, 1UL, 200 + (ulong)Math.Ceiling(100 * Stopwatch.GetElapsedTime(started).TotalSeconds));
    }

    [Fact]
    public async Task Guest_HoldsConnectionsToTheNameServer_GetsFourAndNoMore()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "internet" }).Guest;
        NetNsFixture other = _stage.Add("other", new NetworkSpec { Policy = "internet" }).Guest;
        List<Socket> held = [];
        try
        {
            for (int i = 0; i < 5; i++)
            {
                held.Add(guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)));
                await held[^1].ConnectAsync(new IPEndPoint(PolicyStage.Address("gateway"), 53));
            }

            using CancellationTokenSource patience = new(s_patience);
            Assert.Equal(0, await held[^1].ReceiveAsync(new byte[1], patience.Token));
            Assert.Equal(0, (await AskAsync(other, SocketType.Stream, s_question))[3] & 0x0f);
        }
        finally
        {
            held.ForEach(static socket => socket.Dispose());
        }
    }

    [Theory]
    [InlineData("internet", "private", "policy", "10.9.9.9")]
    [InlineData("open", "metadata", "policy", "169.254.169.254")]
    [InlineData("none", "world", "policy", "203.0.113.2")]
    [InlineData("open", "host", "host", "203.0.113.1")]
    public async Task Guest_IsDenied_AnEventNamesWhat(string policy, string place, string reason, string destination)
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = policy }).Guest;
        Assert.Null(await Probe.UdpAsync(guest, PolicyStage.Address(place), PolicyStage.Echo, expected: false));
        Assert.Equal(
            (PolicyStage.TapOf(2), new NetworkDeniedData { Reason = reason, Protocol = "udp", Destination = destination, Port = PolicyStage.Echo }),
            await NextDeniedAsync());
    }

    [Fact]
    public async Task Guest_ForgesAnAddress_AnEventNamesBoth()
    {
        TapStation guest = _stage.Add("guest", new NetworkSpec { Policy = "internet" });
        guest.Guest.Route.SetNeighbour(guest.LinkIndex, PolicyStage.Address("gateway"), _stage.Host.Route.GetLink("viperbr0")!.Address!.Value);
        guest.Guest.Route.DeleteAddress(guest.LinkIndex, PolicyStage.IpOf(2), 24);
        guest.Guest.Route.AddAddress(guest.LinkIndex, PolicyStage.IpOf(9), 24);
        guest.Guest.Route.AddDefaultRoute(PolicyStage.Address("gateway"));
        Assert.Null(await Probe.UdpAsync(guest.Guest, PolicyStage.Address("world"), PolicyStage.Echo, expected: false));
        (string tap, NetworkDeniedData data) = await NextDeniedAsync();
        Assert.Equal((PolicyStage.TapOf(2), "forged", PolicyStage.IpOf(9).ToString()), (tap, data.Reason, data.Source));
    }

    /// <summary>What it sends to another guest never leaves it: it asks for an Ethernet address and gets none.</summary>
    [Fact]
    public async Task Guest_TriesAnotherGuest_AnEventNamesIt()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "open" }).Guest;
        _stage.Add("other", new NetworkSpec { Policy = "open" });
        Assert.Null(await Probe.UdpAsync(guest, PolicyStage.IpOf(3), PolicyStage.Echo, expected: false));
        Assert.Equal(
            (PolicyStage.TapOf(2), new NetworkDeniedData { Reason = "guest", Protocol = "arp", Destination = PolicyStage.IpOf(3).ToString() }),
            await NextDeniedAsync());
        Assert.True(_stage.Host.Run(() => _stage.HostNetwork.ListGuests())[0].Denied.Packets > 0, "It was not counted.");
    }

    [Fact]
    public async Task Guest_IsDeniedAHundredTimes_IsCountedEachTimeAndToldInSamples()
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "internet" }).Guest;
        using Socket socket = guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        for (int i = 0; i < 100; i++)
        {
            await socket.SendToAsync(new byte[1], new IPEndPoint(PolicyStage.Address("private"), 1000 + i));
        }

        Assert.NotNull(await Probe.UdpAsync(guest, PolicyStage.Address("world"), PolicyStage.Echo, expected: true));
        Assert.Equal(100UL, _stage.Host.Run(() => _stage.HostNetwork.ListGuests())[0].Denied.Packets);
        await NextDeniedAsync();
        Assert.InRange(_denied.Reader.Count, 0, 20);
    }

    [Theory]
    [InlineData("flush ruleset")]
    [InlineData("delete table inet viper")]
    [InlineData("flush map inet viper policies")]
    [InlineData("flush set bridge viper guests")]
    [InlineData("flush chain inet viper forward")]
    public async Task Look_AfterSomebodyChangedTheFilter_PutsItBackWithItsGuests(string change)
    {
        NetNsFixture guest = _stage.Add("guest", new NetworkSpec { Policy = "allow", Allow = [new NetworkAllow { Cidr = "203.0.113.0/24" }], MaxConnections = 5 }).Guest;
        _stage.Host.Run(_services.Look);
        _stage.Host.Execute("nft", change);
        _stage.Host.Run(_services.Look);

        Assert.Empty(_stage.Host.Run(() => _stage.HostNetwork.FindDrift(_stage.Vms.Attached)));
        Assert.NotNull(await Probe.TcpAsync(guest, PolicyStage.Address("world"), PolicyStage.Web, expected: true));
        Assert.Null(await Probe.TcpAsync(guest, PolicyStage.Address("private"), PolicyStage.Web, expected: false));
    }

    /// <summary>A daemon that has just begun, with VMs that it took over and without any: what it found whole it guards from then on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Look_SomebodyChangedTheFilterBeforeTheFirst_PutsItBack(bool hasVm)
    {
        if (hasVm)
        {
            _stage.Add("guest", new NetworkSpec { Policy = "internet" });
        }

        _stage.Host.Execute("nft", "flush ruleset");
        _stage.Host.Run(_services.Look);

        Assert.Empty(_stage.Host.Run(() => _stage.HostNetwork.FindDrift(_stage.Vms.Attached)));
    }

    [Fact]
    public async Task RemoveLeftovers_AfterACrash_RemovesOursAndNothingElse()
    {
        string before = State();
        _stage.Host.Run(() => TapDevice.Create("vtloose", new TapOptions { IsPersistent = true }).Dispose());
        _stage.Host.Route.AddBridge("other0");
        _stage.Host.Run(() => TapDevice.Create("vt0000beef", new TapOptions { IsPersistent = true }).Dispose());
        _stage.Host.Route.SetMaster(_stage.Host.Route.GetLink("vt0000beef")!.Index, _stage.Host.Route.GetLink("other0")!.Index);

        // A person's tap, named as ours are, on our own bridge.
        _stage.Host.Run(() => TapDevice.Create("vt0000cafe", new TapOptions { IsPersistent = true }).Dispose());
        _stage.Host.Route.SetMaster(_stage.Host.Route.GetLink("vt0000cafe")!.Index, _stage.Host.Route.GetLink("viperbr0")!.Index);
        string foreign = State();
        NetworkSpec spec = new() { Policy = "allow", Allow = [new NetworkAllow { Cidr = "10.0.0.0/8", Ports = ["1-9/tcp"] }], MaxConnections = 2, UpKbps = 100, DownKbps = 100 };
        for (int i = 2; i < 12; i++)
        {
            _stage.Host.Run(() => _stage.Vms.Attach(PolicyStage.TapOf(i), PolicyStage.MacOf(i), PolicyStage.IpOf(i), spec));
        }

        using VmNetwork next = _stage.Host.Run(() => new VmNetwork(PolicyStage.Settings));
        IReadOnlyList<string> removed = await next.RemoveLeftoversAsync();
        Assert.Contains($"tap {PolicyStage.TapOf(2)}", removed);
        Assert.Equal(foreign, State());
        Assert.NotEqual(before, foreign);
        Assert.Empty(await next.RemoveLeftoversAsync());
    }

    /// <summary>A daemon that comes after a crash goes on with the VMs that live, and removes the rest.</summary>
    [Fact]
    public async Task RemoveLeftovers_SomeVmsAreKept_TheyGoOnAndTheOthersGo()
    {
        NetworkSpec spec = new() { Policy = "allow", Allow = [new NetworkAllow { Cidr = "203.0.113.0/24" }], MaxConnections = 9, UpKbps = 8000, DownKbps = 8000 };
        NetNsFixture guest = _stage.Add("kept", spec).Guest;
        _stage.Add("other", spec);
        using VmNetwork next = _stage.Host.Run(() => new VmNetwork(PolicyStage.Settings));

        Assert.True(next.TryKeep(PolicyStage.TapOf(2), PolicyStage.MacOf(2), PolicyStage.IpOf(2), spec));
        Assert.False(next.TryKeep(PolicyStage.TapOf(9), PolicyStage.MacOf(9), PolicyStage.IpOf(9), spec));
        IReadOnlyList<string> removed = await next.RemoveLeftoversAsync();

        Assert.Contains($"tap {PolicyStage.TapOf(3)}", removed);
        Assert.Equal([PolicyStage.TapOf(2)], next.ListTaps());
        Assert.Equal([PolicyStage.IpOf(2)], _stage.Host.Run(() => _stage.HostNetwork.ListGuests()).Select(static kept => kept.Ip));
        Assert.Empty(_stage.Host.Run(() => _stage.HostNetwork.FindDrift(next.Attached)));
        Assert.NotNull(await Probe.TcpAsync(guest, PolicyStage.Address("world"), PolicyStage.Web, expected: true));
        Assert.Null(await Probe.TcpAsync(guest, PolicyStage.Address("world2"), PolicyStage.Web, expected: false));
        Assert.Empty(await next.RemoveLeftoversAsync());
        Assert.True(await next.DetachAsync(PolicyStage.TapOf(2)));
        Assert.Empty(_stage.Host.Run(() => _stage.HostNetwork.ListGuests()));
    }

    public void Dispose()
    {
        _services.Dispose();
        _servers.ForEach(static server => server.Dispose());
        _stage.Dispose();
    }

    private async Task<(string Tap, NetworkDeniedData Data)> NextDeniedAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        return await _denied.Reader.ReadAsync(patience.Token);
    }

    private static async Task<byte[]> AskUntilAnsweredAsync(NetNsFixture guest)
    {
        // Its own junk may have used the guest's share of this second up.
        for (int i = 0; ; i++)
        {
            try
            {
                return await AskAsync(guest, SocketType.Dgram, s_question, TimeSpan.FromSeconds(2));
            }
            catch (OperationCanceledException) when (i < 20)
            {
                // Once more.
            }
        }
    }

    private static async Task<byte[]> AskAsync(NetNsFixture guest, SocketType type, byte[] question, TimeSpan? limit = null)
    {
        bool isTcp = type == SocketType.Stream;
        using Socket socket = guest.Run(() => new Socket(AddressFamily.InterNetwork, type, isTcp ? ProtocolType.Tcp : ProtocolType.Udp));
        using CancellationTokenSource patience = new(limit ?? s_patience);
        await socket.ConnectAsync(new IPEndPoint(PolicyStage.Address("gateway"), 53), patience.Token);
        await socket.SendAsync(isTcp ? [0, (byte)question.Length, .. question] : question, patience.Token);
        byte[] buffer = new byte[2048];
        int length = await socket.ReceiveAsync(buffer, patience.Token);
        return isTcp ? buffer[2..length] : buffer[..length];
    }

    private Socket Resolver(SocketType type)
    {
        Socket server = _stage.Outside.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            socket.Bind(new IPEndPoint(PolicyStage.Address("world2"), 53));
            return socket;
        });
        if (type == SocketType.Stream)
        {
            server.Listen();
        }

        _ = type == SocketType.Stream ? AnswerTcpAsync(server) : AnswerUdpAsync(server);
        return server;
    }

    private static async Task AnswerUdpAsync(Socket server)
    {
        byte[] buffer = new byte[2048];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                buffer[2] |= 0x80;
                await server.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task AnswerTcpAsync(Socket server)
    {
        byte[] buffer = new byte[2048];
        try
        {
            while (true)
            {
                using Socket client = await server.AcceptAsync();
                int length = await client.ReceiveAsync(buffer);
                buffer[4] |= 0x80;
                await client.SendAsync(buffer.AsMemory(0, length));
                client.Shutdown(SocketShutdown.Send);
                await client.ReceiveAsync(buffer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private string State() => string.Join(
        '\n',
        string.Join(' ', _stage.Host.Route.ListLinks().Select(static link => link.Name).Order(StringComparer.Ordinal)),
        string.Join(' ', _stage.Host.Route.ListNeighbours().Where(static entry => entry.IsPermanent && entry.Address.AddressFamily == AddressFamily.InterNetwork)),
        string.Join(' ', _stage.Host.Route.ListQueues().Select(static queue => $"{queue.LinkIndex} {queue.Kind}").Where(static text => text.EndsWith("tbf", StringComparison.Ordinal))),
        _stage.Host.Execute("nft", "list", "ruleset"));
}
