using System.Net.Sockets;

using Viper.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Network;

/// <summary>The host's side of the VMs' network: bridge, address, filter, forwarding.</summary>
/// <remarks>
/// It works on the network namespace of the thread that makes it and calls it. Safe for many threads at once, but two
/// changes at one time are the caller's to prevent. Needs CAP_NET_ADMIN. Nothing that is not ours is changed: only the
/// bridge, the two tables named <c>viper</c>, and ip_forward, whose former state is remembered on the host.
/// </remarks>
public sealed partial class HostNetwork : IDisposable
{
    /// <summary>
    /// The bridge's own address, locally administered. Without one it would take the lowest of its ports' and change with
    /// them, and with every change the kernel drops all neighbours of the bridge (net/bridge/br_stp_if.c,
    /// br_stp_recalculate_bridge_id; net/core/neighbour.c, neigh_changeaddr).
    /// </summary>
    private static readonly MacAddress s_bridgeMac = MacAddress.Parse("02:76:69:70:65:72");

    private readonly HostNetworkSettings _settings;
    private readonly RouteSocket _route;
    private readonly NftSocket _firewall;

    /// <summary>Opens the network of the calling thread's namespace.</summary>
    /// <exception cref="HostNetworkException">The settings contradict themselves.</exception>
    /// <exception cref="NetlinkException">The kernel gave no sockets.</exception>
    public HostNetwork(HostNetworkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        HostNetworkRules.ThrowIfInvalid(settings);
        _settings = settings;
        _route = new RouteSocket();
        try
        {
            _firewall = new NftSocket();
        }
        catch
        {
            _route.Dispose();
            throw;
        }
    }

    /// <summary>The steps of <see cref="Apply"/>, and which of them are done.</summary>
    /// <exception cref="HostNetworkException">A step would break the host.</exception>
    /// <exception cref="NetException">The host could not be read.</exception>
    public IReadOnlyList<NetworkStep> Plan() => Plan(isServing: false);

    /// <summary>Makes the host as <see cref="Plan()"/> says; what is done already stays untouched.</summary>
    /// <exception cref="HostNetworkException">A step would break the host; nothing was changed.</exception>
    /// <exception cref="NetException">The kernel refused a step; calling again goes on from there, and <see cref="Remove"/> undoes the rest.</exception>
    public void Apply() => Restore(null);

    /// <summary>The same, and puts back what these VMs have in the filter; null keeps what is there.</summary>
    internal void Restore(IReadOnlyList<GuestRules>? guests)
    {
        Link? bridge = Inspect();
        LinkAddress[] others = bridge is null ? [] : OthersOf(AddressesOf(bridge.Index), bridge, isServing: guests is not null);
        string marker = Marker(bridge);

        // The filter comes first: it carries the marker, and no packet flows before it stands.
        EnsureTable(NftFamily.Inet, marker, guests);
        EnsureTable(NftFamily.Bridge, marker, guests);
        if (bridge is null)
        {
            _route.AddBridge(_settings.BridgeName);
            bridge = _route.GetLink(_settings.BridgeName)
                ?? throw new HostNetworkException(NetworkRefusal.NotSetUp, $"The bridge {_settings.BridgeName} went away while it was set up; try again.");
        }

        if (bridge.Address != s_bridgeMac)
        {
            _route.SetMac(bridge.Index, s_bridgeMac);
        }

        if (bridge.Alias != marker)
        {
            _route.SetAlias(bridge.Index, marker);
        }

        _route.AddAddress(bridge.Index, _settings.Address, _settings.Subnet.PrefixLength);
        foreach (LinkAddress other in others)
        {
            _route.DeleteAddress(bridge.Index, other.Address, other.PrefixLength);
        }

        if (!bridge.IsUp)
        {
            _route.SetUp(bridge.Index);
        }

        if (!Sysctl.ReadFlag(Sysctl.Ipv4Forward))
        {
            Sysctl.WriteFlag(Sysctl.Ipv4Forward, true);
        }

        if (guests is not null)
        {
            new GuestPorts(_route, bridge.Index).Restore(guests);
        }

        IptablesForwarding.Accept(_settings.BridgeName);
    }

    /// <summary>How much the kernel has answered so far, in bytes: what our questions cost.</summary>
    internal long ReceivedBytes => _route.ReceivedBytes + _firewall.ReceivedBytes;

    /// <summary>Whether the bridge is there and ours.</summary>
    internal bool HasBridge() => IsOurs(_route.GetLink(_settings.BridgeName));

    /// <summary>What is not as it should be, in words: the steps that are not done, and what VMs lack in the filter.</summary>
    internal IReadOnlyList<string> FindDrift(IReadOnlyList<GuestRules> guests)
    {
        List<string> drift = [.. Plan(isServing: true).Where(static step => !step.IsDone).Select(static step => step.Name)];
        foreach (NftFamily family in (NftFamily[])[NftFamily.Inet, NftFamily.Bridge])
        {
            if (!LivingElements.Of(family, guests).IsWithin(Living(family)))
            {
                drift.Add($"elements of VMs in table {_settings.TableName} ({family.ToString().ToLowerInvariant()})");
            }
        }

        if (_route.GetLink(_settings.BridgeName) is { } bridge)
        {
            drift.AddRange(new GuestPorts(_route, bridge.Index).FindChanged(guests).Select(static guest => $"port {guest.Tap}"));
        }

        return drift;
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        _route.Dispose();
        _firewall.Dispose();
    }

    private IReadOnlyList<NetworkStep> Plan(bool isServing)
    {
        Link? bridge = Inspect();
        string marker = Marker(bridge);
        LinkAddress[] addresses = bridge is null ? [] : AddressesOf(bridge.Index);
        LinkAddress[] others = OthersOf(addresses, bridge, isServing);
        string subnet = _settings.Subnet.ToString();
        return
        [
            new NetworkStep(
                "filter",
                $"table inet {_settings.TableName}: guests of {subnet} reach what their policies say, as the host (masquerade), and neither each other nor the host",
                Differences(NftFamily.Inet, marker).Count == 0) { Details = FilterText.Of(Table(NftFamily.Inet, marker, LivingElements.None)) },
            new NetworkStep(
                "anti-spoof",
                $"table bridge {_settings.TableName}: a guest's frames pass only with its own Ethernet and IP address",
                Differences(NftFamily.Bridge, marker).Count == 0) { Details = FilterText.Of(Table(NftFamily.Bridge, marker, LivingElements.None)) },
            new NetworkStep(
                "bridge",
                $"bridge {_settings.BridgeName}, without spanning tree, address {s_bridgeMac}",
                bridge is not null && bridge.Alias == marker && bridge.Address == s_bridgeMac),
            new NetworkStep(
                "address",
                $"address {_settings.Address}/{_settings.Subnet.PrefixLength} on {_settings.BridgeName}{(others.Length == 0 ? "" : $", in place of {Texts(others)}")}",
                addresses.Length == 1 && others.Length == 0),
            new NetworkStep("up", $"bridge {_settings.BridgeName} up", bridge is { IsUp: true }),
            new NetworkStep("forwarding", "net.ipv4.ip_forward = 1", Sysctl.ReadFlag(Sysctl.Ipv4Forward)),
            .. PlanIptables(),
        ];
    }

    private void EnsureTable(NftFamily family, string marker, IReadOnlyList<GuestRules>? guests)
    {
        LivingElements there = Living(family);
        LivingElements wanted = guests is null ? there : LivingElements.Of(family, guests);
        if (wanted.IsWithin(there) && _firewall.Compare(Table(family, marker, there)).Count == 0)
        {
            return;
        }

        // Replaced in one step, so that there is no moment without a filter.
        using NftTransaction transaction = new();
        if (_firewall.GetTable(family, _settings.TableName) is not null)
        {
            transaction.DeleteTable(family, _settings.TableName);
        }

        _firewall.Commit(transaction.Add(Table(family, marker, wanted)));
    }

    /// <summary>What is not as it should be in one of the tables, VMs' own elements left out.</summary>
    private IReadOnlyList<string> Differences(NftFamily family, string marker) => _firewall.Compare(Table(family, marker, Living(family, limitsOnly: true)));

    private LivingElements Living(NftFamily family, bool limitsOnly = false) =>
        LivingElements.Read(_firewall, Table(family, "", LivingElements.None), limitsOnly);

    private NftTable Table(NftFamily family, string marker, LivingElements living) =>
        family == NftFamily.Inet ? HostFirewall.Inet(_settings, marker, living) : HostFirewall.Bridge(_settings, marker, living);

    /// <summary>The bridge if it is there and ours; throws where setting up would break something.</summary>
    private Link? Inspect()
    {
        // Nothing that grows with the VMs: each has a link, and in time an IPv6 address and routes. Links are asked for to name one.
        Link? bridge = _route.GetLink(_settings.BridgeName);
        IReadOnlyList<Link> Links() => _route.ListLinks();
        IReadOnlyList<LinkAddress> addresses = _route.ListAddresses(AddressFamily.InterNetwork);
        HostNetworkRules.ThrowIfTaken(_settings, bridge, Links, addresses);
        HostNetworkRules.ThrowIfOverlapping(_settings, bridge, Links, addresses, _route.ListRoutes(AddressFamily.InterNetwork));
        return bridge;
    }

    private string Marker(Link? bridge) => ForwardingMarker.Write(ReadMarker(bridge) ?? Sysctl.ReadFlag(Sysctl.Ipv4Forward));

    // "Was off" prevails: a bridge that was removed before this one leaves it as the alias, and the table does not know of it.
    private bool? ReadMarker(Link? bridge) =>
        (ForwardingMarker.Read(_firewall.GetTable(NftFamily.Inet, _settings.TableName)?.Comment), ForwardingMarker.Read(bridge?.Alias)) switch
        {
            (false, _) or (_, false) => false,
            (null, null) => null,
            _ => true,
        };

    private LinkAddress[] AddressesOf(int bridgeIndex) =>
        [.. _route.ListAddresses(AddressFamily.InterNetwork).Where(address => address.LinkIndex == bridgeIndex)];

    /// <summary>Those that are not the gateway; a daemon that serves guests of another network on this bridge would lose them, and those guests it.</summary>
    private LinkAddress[] OthersOf(LinkAddress[] addresses, Link? bridge, bool isServing)
    {
        LinkAddress[] others = [.. addresses.Where(address => !IsGateway(address))];
        foreach (LinkAddress other in others.Where(other => !other.Address.Equals(_settings.Address)))
        {
            using BridgeLock? held = BridgeLock.TryTake(other.Address)
                ?? throw new HostNetworkException(
                    NetworkRefusal.InUse,
                    $"The bridge {_settings.BridgeName} serves the network of {other.Address}/{other.PrefixLength}, whose daemon runs. Stop it first, or choose another bridge with --bridge.",
                    _settings.BridgeName);
        }

        if (others.Length > 0 && !isServing)
        {
            ThrowIfInUse(daemonRuns: false, bridge);
        }

        return others;
    }

    private bool IsGateway(LinkAddress address) =>
        address.Address.Equals(_settings.Address) && address.PrefixLength == _settings.Subnet.PrefixLength;

    private static string Texts(LinkAddress[] addresses) =>
        string.Join(" and ", addresses.Select(static address => $"{address.Address}/{address.PrefixLength}"));
}
