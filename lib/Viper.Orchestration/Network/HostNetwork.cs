using Viper.Net;
using Viper.Net.Firewall;

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
    public IReadOnlyList<NetworkStep> Plan()
    {
        Link? bridge = Inspect();
        string marker = Marker(bridge);
        bool hasAddress = bridge is not null && HasAddress(bridge.Index);
        string subnet = _settings.Subnet.ToString();
        return
        [
            new NetworkStep(
                "filter",
                $"table inet viper: guests of {subnet} reach the internet as the host (masquerade), and neither each other, the host, nor private networks",
                _firewall.Compare(HostFirewall.Inet(_settings, marker)).Count == 0),
            new NetworkStep(
                "anti-spoof",
                "table bridge viper: a guest's frames pass only with its own Ethernet and IP address",
                _firewall.Compare(HostFirewall.Bridge(marker)).Count == 0),
            new NetworkStep(
                "bridge",
                $"bridge {_settings.BridgeName}, without spanning tree, address {s_bridgeMac}",
                bridge is not null && bridge.Alias == marker && bridge.Address == s_bridgeMac),
            new NetworkStep("address", $"address {_settings.Address}/{_settings.Subnet.PrefixLength} on {_settings.BridgeName}", hasAddress),
            new NetworkStep("up", $"bridge {_settings.BridgeName} up", bridge is { IsUp: true }),
            new NetworkStep("forwarding", "net.ipv4.ip_forward = 1", Sysctl.ReadFlag(Sysctl.Ipv4Forward)),
        ];
    }

    /// <summary>Makes the host as <see cref="Plan"/> says; what is done already stays untouched.</summary>
    /// <exception cref="HostNetworkException">A step would break the host; nothing was changed.</exception>
    /// <exception cref="NetException">The kernel refused a step; calling again goes on from there, and <see cref="Remove"/> undoes the rest.</exception>
    public void Apply()
    {
        Link? bridge = Inspect();
        string marker = Marker(bridge);

        // The filter comes first: it carries the marker, and no packet flows before it stands.
        EnsureTable(HostFirewall.Inet(_settings, marker));
        EnsureTable(HostFirewall.Bridge(marker));
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
        if (!bridge.IsUp)
        {
            _route.SetUp(bridge.Index);
        }

        if (!Sysctl.ReadFlag(Sysctl.Ipv4Forward))
        {
            Sysctl.WriteFlag(Sysctl.Ipv4Forward, true);
        }
    }

    /// <summary>Takes away what <see cref="Apply"/> made, taps on the bridge included, and leaves forwarding as it was found.</summary>
    /// <returns>False when there was nothing of ours.</returns>
    /// <exception cref="HostNetworkException">The bridge's name belongs to a link that is not ours.</exception>
    /// <exception cref="NetException">The kernel refused; calling again goes on from there.</exception>
    public bool Remove()
    {
        Link? bridge = _route.GetLink(_settings.BridgeName);
        bool? forwardingWasOn = ReadMarker(bridge);
        if (forwardingWasOn is null)
        {
            return false;
        }

        if (bridge is not null && bridge.Kind == LinkKind.Bridge && ForwardingMarker.Read(bridge.Alias) is not null)
        {
            foreach (Link tap in Taps(bridge.Index))
            {
                _route.DeleteLink(tap.Index);
            }

            if (forwardingWasOn == false)
            {
                Sysctl.WriteFlag(Sysctl.Ipv4Forward, false);
            }

            _route.SetUp(bridge.Index, up: false);
            _route.DeleteLink(bridge.Index);
        }
        else if (forwardingWasOn == false)
        {
            Sysctl.WriteFlag(Sysctl.Ipv4Forward, false);
        }

        // The marker goes last, so that an interrupted removal can be repeated.
        _firewall.DeleteTable(NftFamily.Bridge, HostFirewall.TableName);
        _firewall.DeleteTable(NftFamily.Inet, HostFirewall.TableName);
        return true;
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        _route.Dispose();
        _firewall.Dispose();
    }

    private void EnsureTable(NftTable table)
    {
        if (_firewall.Compare(table).Count == 0)
        {
            return;
        }

        using NftTransaction transaction = new();
        if (_firewall.GetTable(table.Family, table.Name) is not null)
        {
            // Replaced in one step, so that there is no moment without a filter; what lives in dynamic sets is kept.
            Dictionary<string, IReadOnlyList<NftElement>> living = table.Sets.Where(set => set.IsDynamic)
                .ToDictionary(set => set.Name, set => _firewall.ListElements(table.Family, table.Name, set.Name));
            table = table with
            {
                Sets = [.. table.Sets.Select(set => set.IsDynamic ? set with { Elements = living[set.Name] } : set)],
            };
            transaction.DeleteTable(table.Family, table.Name);
        }

        _firewall.Commit(transaction.Add(table));
    }

    /// <summary>The bridge if it is there and ours; throws where setting up would break something.</summary>
    private Link? Inspect()
    {
        IReadOnlyList<Link> links = _route.ListLinks();
        Link? bridge = links.FirstOrDefault(link => link.Name == _settings.BridgeName);
        IReadOnlyList<LinkAddress> addresses = _route.ListAddresses();
        HostNetworkRules.ThrowIfTaken(_settings, bridge, links, addresses);
        HostNetworkRules.ThrowIfOverlapping(_settings, bridge, links, addresses, _route.ListRoutes());
        return bridge;
    }

    private string Marker(Link? bridge) => ForwardingMarker.Write(ReadMarker(bridge) ?? Sysctl.ReadFlag(Sysctl.Ipv4Forward));

    private bool? ReadMarker(Link? bridge) =>
        ForwardingMarker.Read(_firewall.GetTable(NftFamily.Inet, HostFirewall.TableName)?.Comment) ?? ForwardingMarker.Read(bridge?.Alias);

    private bool HasAddress(int bridgeIndex) =>
        _route.ListAddresses().Contains(new LinkAddress(bridgeIndex, _settings.Address, _settings.Subnet.PrefixLength));

    private IEnumerable<Link> Taps(int bridgeIndex) => _route.ListLinks().Where(
        link => link.Master == bridgeIndex && link.Kind == LinkKind.Tun && link.Name.StartsWith(_settings.TapPrefix, StringComparison.Ordinal));
}
