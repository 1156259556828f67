using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>Guests of several policies behind taps, the host with a service, and behind it a world, a private network and a metadata service.</summary>
public sealed class PolicyStage : IDisposable
{
    public const int Web = 80;
    public const int OtherWeb = 8080;
    public const int Echo = 5353;

    private readonly List<Socket> _services = [];
    private readonly Dictionary<string, TapStation> _guests = [];
    private int _next = 2;

    public PolicyStage()
    {
        Host.Route.AddVeth("world", "host", Outside.Namespace);
        Link near = Host.Route.GetLink("world")!;
        Link far = Outside.Route.GetLink("host")!;
        Host.Route.AddAddress(near.Index, Address("host"), 24);
        foreach (string place in (string[])["world", "world2", "private", "metadata"])
        {
            Outside.Route.AddAddress(far.Index, Address(place), place == "world" ? 24 : 32);
        }

        Host.WaitForNeighbours("world");
        Outside.WaitForNeighbours("host");
        Host.Route.SetUp(near.Index);
        Outside.Route.SetUp(far.Index);
        Host.Route.AddDefaultRoute(Address("world"));
        Host.Run(() =>
        {
            HostNetwork = new HostNetwork(Settings);
            HostNetwork.Apply();
            Vms = new VmNetwork(Settings);
        });
        foreach (string place in (string[])["gateway", "host"])
        {
            Offer(Host, Address(place));
        }

        foreach (string place in (string[])["world", "world2", "private", "metadata"])
        {
            Offer(Outside, Address(place));
        }
    }

    public static HostNetworkSettings Settings { get; } = new() { DnsServers = [Address("world2")] };

    public NetNsFixture Host { get; } = new();

    public NetNsFixture Outside { get; } = new();

    public HostNetwork HostNetwork { get; private set; } = null!;

    public VmNetwork Vms { get; private set; } = null!;

    /// <summary>The address of a place by its name; guests have names too.</summary>
    public static IPAddress Address(string place) => IPAddress.Parse(place switch
    {
        "gateway" => "192.168.127.1",
        "host" => "203.0.113.1",
        "world" => "203.0.113.2",
        "world2" => "198.51.100.7",
        "private" => "10.9.9.9",
        "metadata" => "169.254.169.254",
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "no such place"),
    });

    /// <summary>Joins a guest, with a service of its own.</summary>
    public TapStation Add(string name, NetworkSpec spec)
    {
        int number = _next++;
        Host.Run(() => Vms.Attach(TapOf(number), MacOf(number), IpOf(number), spec));
        TapStation station = new(Host, TapOf(number), MacOf(number), IpOf(number), 24, Address("gateway"));
        _guests[name] = station;
        Offer(station.Guest, IpOf(number));
        return station;
    }

    public static string TapOf(int number) => $"vt{number:x8}";

    public static MacAddress MacOf(int number) => new([2, 0, 0x5e, 0, 0x53, (byte)number]);

    public static IPAddress IpOf(int number) => new([192, 168, 127, (byte)number]);

    public void Dispose()
    {
        _services.ForEach(static service => service.Dispose());
        foreach (TapStation guest in _guests.Values)
        {
            guest.Dispose();
        }

        Vms.Dispose();
        HostNetwork.Dispose();
        Host.Dispose();
        Outside.Dispose();
    }

    // Each address has sockets of its own: one bound to all would answer UDP from whichever address it likes.
    private void Offer(NetNsFixture where, IPAddress address)
    {
        _services.Add(Probe.Serve(where, address, Web));
        _services.Add(Probe.Serve(where, address, OtherWeb));
        _services.Add(Probe.Echo(where, address, Echo));
    }
}
