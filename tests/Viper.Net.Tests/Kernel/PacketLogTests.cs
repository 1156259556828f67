using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Firewall;
using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed partial class PacketLogTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);
    private readonly NetNsFixture _ns = new();

    [Fact]
    public async Task ReadAsync_DeniedPacket_TellsWhatItWas()
    {
        using PacketLog log = _ns.Run(() => new PacketLog(5, copiedBytes: 64));
        Refuse();
        Send(4711, 200);

        LoggedPacket packet = await FirstAsync(log);

        Assert.Equal("denied", packet.Prefix);
        Assert.Equal(0x0800, packet.EtherType);
        Assert.Equal(77u, packet.Mark);
        Assert.Equal(_ns.Route.GetLink("lo")!.Index, packet.OutputIndex);
        Assert.Equal(64, packet.Payload.Length);
        Assert.False(packet.IsAfterLoss);
        ReadOnlySpan<byte> ip = packet.Payload.Span;
        Assert.Equal((0x45, (byte)ProtocolType.Udp), (ip[0], ip[9]));
        Assert.Equal(4711, System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(ip[22..]));
    }

    [Fact]
    public async Task ReadAsync_WaitsFirst_IsWokenByAPacket()
    {
        using PacketLog log = _ns.Run(() => new PacketLog(5));
        Refuse();
        Task<LoggedPacket> waiting = FirstAsync(log);
        Send(9, 10);
        Assert.Equal("denied", (await waiting).Prefix);
    }

    [Fact]
    public async Task ReadAsync_PacketOfABridgePort_TellsPortAndBridge()
    {
        using PacketLog log = _ns.Run(() => new PacketLog(5));
        using NetNsFixture guest = new();
        _ns.Route.AddBridge("br0");
        int bridge = _ns.Route.GetLink("br0")!.Index;
        _ns.Route.AddVeth("port0", "eth0", guest.Namespace);
        _ns.Route.SetLink("port0", new LinkChange { Master = bridge, Up = true });
        _ns.Route.SetUp(bridge);
        int eth = guest.Route.GetLink("eth0")!.Index;
        MacAddress mac = MacAddress.Parse("02:00:5e:00:53:07");
        guest.Route.SetLink(eth, new LinkChange { Up = true, Address = mac });
        guest.Route.AddAddress(eth, IPAddress.Parse("192.0.2.7"), 24);
        guest.Route.SetNeighbour(eth, IPAddress.Parse("192.0.2.1"), _ns.Route.GetLink("br0")!.Address!.Value);
        using NftSocket socket = _ns.Run(() => new NftSocket());
        using NftTransaction make = new();
        socket.Commit(make.Add(new NftTable
        {
            Family = NftFamily.Bridge,
            Name = "probe",
            Sets = [new NftSet { Name = "denied", Key = [NftKeyType.LinkName, NftKeyType.Ipv4Address], Elements = [NftElement.Of(NftKey.Link("port0"), NftKey.Of(IPAddress.Parse("192.0.2.1")))] }],
            Chains =
            [
                new NftChain
                {
                    Name = "input",
                    Hook = NftHook.Prerouting,
                    Rules = [new NftRuleBuilder(NftFamily.Bridge).InSet("denied", NftField.InputName, NftField.DestinationAddress).Log(new NftLog(5, "bridge")).Drop()],
                },
            ],
        }));

        guest.Run(() =>
        {
            using UdpClient client = new();
            client.Send(new byte[8], new IPEndPoint(IPAddress.Parse("192.0.2.1"), 53));
        });
        LoggedPacket packet = await FirstAsync(log);

        Assert.Equal(("bridge", 0x0800), (packet.Prefix, (int)packet.EtherType));
        Assert.Equal(_ns.Route.GetLink("port0")!.Index, packet.InputPortIndex);
        Assert.Equal(bridge, packet.InputIndex);
        Assert.Equal(mac, new MacAddress(packet.LinkHeader.Span.Slice(6, 6)));
        Assert.Equal(new IPAddress([192, 0, 2, 7]), new IPAddress(packet.Payload.Span.Slice(12, 4)));
    }

    [Fact]
    public async Task ReadAsync_TooSlow_SaysThatSomethingIsLost()
    {
        using PacketLog log = _ns.Run(() => new PacketLog(5, copiedBytes: 1000));
        Refuse();
        Send(9, 1000, count: 5000);
        using CancellationTokenSource deadline = new(s_deadline);
        await foreach (LoggedPacket packet in log.ReadAsync(deadline.Token))
        {
            if (packet.IsAfterLoss)
            {
                return;
            }

            Send(9, 1000);
        }
    }

    [Fact]
    public void Constructor_GroupTaken_IsRefused()
    {
        using PacketLog log = _ns.Run(() => new PacketLog(5));
        Assert.Equal(ErrnoConstants.EPERM, Assert.Throws<NetlinkException>(() => _ns.Run(() => new PacketLog(5))).Errno);
    }

    [Fact]
    public void Dispose_Listener_FreesTheGroup()
    {
        _ns.Run(() => new PacketLog(5).Dispose());
        _ns.Run(() => new PacketLog(5).Dispose());
    }

    /// <summary>A program that is being spawned while the listener ends holds copies of all descriptors until it runs.</summary>
    [Fact]
    public void Dispose_SomebodyHoldsACopyOfTheSocket_FreesTheGroup()
    {
        PacketLog log = _ns.Run(() => new PacketLog(5));
        using SafeFileHandle copy = new(Duplicate(log.Socket), ownsHandle: true);
        Assert.False(copy.IsInvalid);
        log.Dispose();
        log.Dispose();

        _ns.Run(() => new PacketLog(5).Dispose());
    }

    public void Dispose() => _ns.Dispose();

    private void Refuse()
    {
        using NftSocket socket = _ns.Run(() => new NftSocket());
        using NftTransaction make = new();
        socket.Commit(make.Add(new NftTable
        {
            Family = NftFamily.Inet,
            Name = "probe",
            Chains =
            [
                new NftChain
                {
                    Name = "output",
                    Hook = NftHook.Output,
                    Rules = [new NftRuleBuilder().Protocol(ProtocolType.Udp).SetMark(77).Log(new NftLog(5, "denied")).Drop()],
                },
            ],
        }));
    }

    private void Send(int port, int length, int count = 1) => _ns.Run(() =>
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < count; i++)
        {
            try
            {
                socket.SendTo(new byte[length], new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                // The kernel tells the sender of a dropped packet.
            }
        }
    });

    private static async Task<LoggedPacket> FirstAsync(PacketLog log)
    {
        using CancellationTokenSource deadline = new(s_deadline);
        await foreach (LoggedPacket packet in log.ReadAsync(deadline.Token))
        {
            return packet;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(SafeHandle descriptor);
}
