using System.Net;
using System.Net.Sockets;

using Viper.Net.Firewall;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

/// <summary>Real connections in a namespace of their own, over its loopback link.</summary>
public sealed class ConnectionTableTests : IDisposable
{
    private static readonly IPAddress s_server = IPAddress.Parse("127.0.0.1");
    private readonly NetNsFixture _ns = new();
    private readonly ConnectionTable _table;
    private readonly Socket _listener;
    private readonly List<Socket> _clients = [];

    public ConnectionTableTests()
    {
        // Connections are tracked where a rule asks for their state.
        _ns.Execute("nft", "add table inet t; add chain inet t out { type filter hook output priority 0; }; add rule inet t out ct state invalid drop");
        _table = _ns.Run(ConnectionTable.TryOpen) ?? throw new InvalidOperationException("The kernel has no ctnetlink.");
        _listener = _ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _listener.Bind(new IPEndPoint(s_server, 4711));
        _listener.Listen();
    }

    [Fact]
    public void List_OfAnAddress_HasItsConnectionsOnly()
    {
        EndPoint client = Connect("127.0.0.2");
        Connect("127.0.0.3");
        TrackedConnection connection = Assert.Single(_table.List(IPAddress.Parse("127.0.0.2")));
        Assert.Equal(
            new ConnectionTuple
            {
                Source = IPAddress.Parse("127.0.0.2"),
                Destination = s_server,
                Protocol = ProtocolType.Tcp,
                SourcePort = ((IPEndPoint)client).Port,
                DestinationPort = 4711,
            },
            connection.Original);
        Assert.Equal((s_server, IPAddress.Parse("127.0.0.2")), (connection.Reply.Source, connection.Reply.Destination));
        Assert.Equal(2, _table.List(s_server).Count);
        Assert.Equal(2, _table.List().Count);
        Assert.Equal(2, _table.List(IPNetwork.Parse("127.0.0.2/31")).Count);
        Assert.Empty(_table.List(IPNetwork.Parse("10.0.0.0/8")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Delete_OfAddresses_LeavesTheOthers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Connect($"127.0.1.{i}");
        }

        Connect("127.0.0.3");
        Assert.Equal(count, _table.Delete(Enumerable.Range(0, count).Select(static i => new IPAddress([127, 0, 1, (byte)i]))));
        string left = Assert.Single(Kernel());
        Assert.Contains("src=127.0.0.3", left, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_OfAConnectionThatIsGone_IsFalse()
    {
        Connect("127.0.0.2");
        TrackedConnection connection = Assert.Single(_table.List());
        Assert.True(_table.Delete(connection));
        Assert.False(_table.Delete(connection));
    }

    [Fact]
    public void Delete_OfAnOlderConnectionWithTheSameTuple_IsFalse()
    {
        Connect("127.0.0.2");
        TrackedConnection connection = Assert.Single(_table.List());
        Assert.False(_table.Delete(connection with { Id = connection.Id + 1 }));
        Assert.Single(Kernel());
    }

    [Fact]
    public void List_AddressOfIpv6_IsMisuse() => Assert.Throws<ArgumentException>(() => _table.List(IPAddress.IPv6Loopback));

    public void Dispose()
    {
        _clients.ForEach(static client => client.Dispose());
        _listener.Dispose();
        _table.Dispose();
        _ns.Dispose();
    }

    private string[] Kernel() => _ns.Run(() => File.ReadAllLines("/proc/thread-self/net/nf_conntrack"));

    private EndPoint Connect(string from)
    {
        Socket client = _ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _clients.Add(client);
        client.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        client.Connect(s_server, 4711);
        return client.LocalEndPoint!;
    }
}
