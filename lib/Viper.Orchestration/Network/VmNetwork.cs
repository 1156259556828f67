using System.Collections.Concurrent;
using System.Net;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>Joins VMs to the bridge and takes them off it.</summary>
/// <remarks>
/// It works on the network namespace of the thread that makes it; <see cref="Attach"/> must be called in the same one.
/// Safe for many threads at once. Needs CAP_NET_ADMIN, and <see cref="HostNetwork.Apply"/> before.
/// </remarks>
public sealed class VmNetwork : IDisposable
{
    private static readonly BridgePortSettings s_guestPort = new()
    {
        Isolated = true,
        Learning = false,
        UnicastFlood = false,
        MulticastFlood = false,
        BroadcastFlood = false,
        Guard = true,
    };

    private readonly HostNetworkSettings _settings;
    private readonly RouteSocket _route;
    private readonly NftSocket _firewall;
    private readonly ConcurrentDictionary<string, (MacAddress Mac, IPAddress Ip)> _attached = new(StringComparer.Ordinal);

    /// <summary>Opens the network of the calling thread's namespace.</summary>
    /// <exception cref="HostNetworkException">The settings contradict themselves.</exception>
    /// <exception cref="NetlinkException">The kernel gave no sockets.</exception>
    public VmNetwork(HostNetworkSettings settings)
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

    /// <summary>Makes a tap for a VM: persistent, on the bridge, isolated from other VMs, bound to its addresses, up.</summary>
    /// <param name="tapName">Its name, which begins with the settings' prefix; at most 15 bytes.</param>
    /// <param name="mac">The guest's Ethernet address; frames with another source are dropped.</param>
    /// <param name="ip">The guest's address within the subnet; packets with another source are dropped.</param>
    /// <param name="ownerUid">The user who may open the tap without privilege; null for privileged ones only.</param>
    /// <exception cref="ArgumentException">The name lacks the prefix or is not valid, or an address cannot be a guest's.</exception>
    /// <exception cref="HostNetworkException">The bridge or the filter is missing.</exception>
    /// <exception cref="NetException">The tap exists (EBUSY) or the kernel refused a step; every step before it was undone.</exception>
    public void Attach(string tapName, MacAddress mac, IPAddress ip, uint? ownerUid = null)
    {
        ThrowIfInvalid(tapName, mac, ip);
        int bridge = _route.GetLink(_settings.BridgeName)?.Index ?? throw NotSetUp($"The bridge {_settings.BridgeName} is missing");
        TapDevice.Create(tapName, new TapOptions { IsPersistent = true, OwnerUid = ownerUid }).Dispose();
        Stack<Action> undo = new();
        undo.Push(() => _route.DeleteLink(tapName));
        try
        {
            Link tap = _route.GetLink(tapName) ?? throw NotSetUp($"The tap {tapName} went away while it was set up");
            _route.SetMaster(tap.Index, bridge);
            _route.SetBridgePort(tap.Index, s_guestPort);
            _route.SetForwarding(tap.Index, mac);
            _route.SetNeighbour(bridge, ip, mac);
            undo.Push(() => _route.DeleteNeighbour(bridge, ip));
            Admit(tapName, mac, ip);
            undo.Push(() => Dismiss(tapName, mac, ip));
            _route.SetUp(tap.Index);
            _attached[tapName] = (mac, ip);
        }
        catch
        {
            foreach (Action step in undo)
            {
                Quietly(step);
            }

            throw;
        }
    }

    /// <summary>Takes a VM's tap and all that belongs to it away.</summary>
    /// <returns>False when there is no such tap; entries that it left are removed all the same.</returns>
    /// <remarks>Takes some 17 ms, in which the kernel waits for readers of its tables.</remarks>
    /// <exception cref="ArgumentException">The name lacks the prefix or is not valid.</exception>
    /// <exception cref="NetException">The kernel refused; calling again goes on from there.</exception>
    public bool Detach(string tapName)
    {
        ThrowIfNotOurs(tapName);
        bool existed = _route.GetLink(tapName) is { Kind: LinkKind.Tun } && _route.DeleteLink(tapName);
        foreach ((MacAddress mac, IPAddress ip) in AddressesOf(tapName))
        {
            if (_route.GetLink(_settings.BridgeName) is { } bridge)
            {
                _route.DeleteNeighbour(bridge.Index, ip);
            }

            Dismiss(tapName, mac, ip);
        }

        _attached.TryRemove(tapName, out _);
        return existed;
    }

    /// <summary>The names of our taps on the bridge, sorted.</summary>
    /// <exception cref="NetException">The kernel refused.</exception>
    public IReadOnlyList<string> ListTaps()
    {
        IReadOnlyList<Link> links = _route.ListLinks();
        int? bridge = links.FirstOrDefault(link => link.Name == _settings.BridgeName)?.Index;
        return
        [
            .. links.Where(link => bridge is not null && link.Master == bridge && link.Kind == LinkKind.Tun)
                .Select(link => link.Name)
                .Where(name => name.StartsWith(_settings.TapPrefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Closes the sockets; taps stay.</summary>
    public void Dispose()
    {
        _route.Dispose();
        _firewall.Dispose();
    }

    private void Admit(string tapName, MacAddress mac, IPAddress ip)
    {
        using NftTransaction transaction = new();
        transaction.AddElements(NftFamily.Bridge, HostFirewall.TableName, HostFirewall.PortsSet, [NftElement.OfLink(tapName)]);
        transaction.AddElements(NftFamily.Bridge, HostFirewall.TableName, HostFirewall.GuestsSet, [NftElement.Of(tapName, mac, ip)]);
        try
        {
            _firewall.Commit(transaction);
        }
        catch (NetlinkException) when (_firewall.GetTable(NftFamily.Bridge, HostFirewall.TableName) is null)
        {
            throw NotSetUp("The table bridge viper is missing");
        }
    }

    private void Dismiss(string tapName, MacAddress mac, IPAddress ip)
    {
        // Apart from each other: one that is gone already must not keep the other.
        Dismiss(HostFirewall.GuestsSet, NftElement.Of(tapName, mac, ip));
        Dismiss(HostFirewall.PortsSet, NftElement.OfLink(tapName));
    }

    private void Dismiss(string set, NftElement element)
    {
        using NftTransaction transaction = new();
        try
        {
            _firewall.Commit(transaction.DeleteElements(NftFamily.Bridge, HostFirewall.TableName, set, [element]));
        }
        catch (NetlinkException e) when (e.IsAbsent)
        {
            // A firewall reload, or an earlier attempt, was faster.
        }
    }

    private List<(MacAddress Mac, IPAddress Ip)> AddressesOf(string tapName)
    {
        if (_attached.TryGetValue(tapName, out (MacAddress, IPAddress) known))
        {
            return [known];
        }

        // After a restart the kernel's own set says whose tap it was.
        return [.. GuestKey.ReadAll(_firewall.ListElements(NftFamily.Bridge, HostFirewall.TableName, HostFirewall.GuestsSet))
            .Where(guest => guest.TapName == tapName)
            .Select(guest => (guest.Mac, guest.Ip))];
    }

    private void ThrowIfInvalid(string tapName, MacAddress mac, IPAddress ip)
    {
        ThrowIfNotOurs(tapName);
        ArgumentNullException.ThrowIfNull(ip);
        if (mac.IsMulticast || mac == default)
        {
            throw new ArgumentException($"{mac} cannot be a guest's Ethernet address.", nameof(mac));
        }

        if (!_settings.Subnet.Contains(ip) || ip.Equals(_settings.Address))
        {
            throw new ArgumentException($"{ip} cannot be a guest's address in {_settings.Subnet}.", nameof(ip));
        }
    }

    private void ThrowIfNotOurs(string tapName)
    {
        if (!LinkName.IsValid(tapName) || !tapName.StartsWith(_settings.TapPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{tapName}' is not a name of our taps, which begin with '{_settings.TapPrefix}'.", nameof(tapName));
        }
    }

    private static HostNetworkException NotSetUp(string what) =>
        new(NetworkRefusal.NotSetUp, $"{what}; run 'viper setup'.");

    private static void Quietly(Action step)
    {
        try
        {
            step();
        }
        catch (NetException)
        {
            // The first failure is the one to report; the next reconciliation finds what is left.
        }
    }
}
