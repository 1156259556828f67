using System.Collections.Concurrent;
using System.Net;

using Viper.Contracts;
using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>Joins VMs to the bridge and takes them off it.</summary>
/// <remarks>
/// It works on the network namespace of the thread that makes it; <see cref="Attach"/> must be called in the same one.
/// Taps are kept ready as the settings say, made by a thread of its own; they go with this object or its process.
/// Safe for many threads at once. Needs CAP_NET_ADMIN, and <see cref="HostNetwork.Apply"/> before.
/// </remarks>
public sealed partial class VmNetwork : IDisposable
{
    private readonly HostNetworkSettings _settings;
    private readonly RouteSocket _route;
    private readonly NftSocket _firewall;
    private readonly ConnectionTable? _connections;
    private readonly FilterGeneration _generation;
    private readonly TapRemovals _removals;
    private readonly ReadyTaps _ready;
    private readonly ConcurrentDictionary<string, GuestRules> _attached = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<IPAddress, GuestRules> _byAddress = new();

    // Held while the filter and what we know of it change, so that a repair sees both alike.
    private readonly Lock _filter = new();

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

        _generation = new FilterGeneration(_firewall);
        _connections = OpenConnections();
        _removals = new TapRemovals(_route, _connections);
        _ready = new ReadyTaps(_route, settings);
    }

    /// <summary>Makes a tap for a VM: persistent, on the bridge, isolated from other VMs, bound to its addresses, up; and opens to it what its policy does.</summary>
    /// <param name="tapName">Its name, which begins with the settings' prefix; at most 15 bytes.</param>
    /// <param name="mac">The guest's Ethernet address; frames with another source are dropped.</param>
    /// <param name="ip">The guest's address within the subnet; packets with another source are dropped.</param>
    /// <param name="network">What it may do; null for <see cref="NetworkPolicies.Internet"/> without limits.</param>
    /// <param name="ownerUid">The user who may open the tap without privilege; null for privileged ones only.</param>
    /// <remarks>The filter changes in one transaction before the tap comes up, so that no frame passes without it.</remarks>
    /// <exception cref="ArgumentException">The name lacks the prefix or is not valid, an address cannot be a guest's, or the policy cannot be one.</exception>
    /// <exception cref="HostNetworkException">The bridge or the filter is missing.</exception>
    /// <exception cref="NetException">The tap exists (EBUSY) or the kernel refused a step; every step before it was undone.</exception>
    public void Attach(string tapName, MacAddress mac, IPAddress ip, NetworkSpec? network = null, uint? ownerUid = null)
    {
        ThrowIfInvalid(tapName, mac, ip);
        GuestRules guest = new(tapName, mac, ip, Checked(network ?? new NetworkSpec { Policy = NetworkPolicies.Internet }));
        int bridge = _route.GetLink(_settings.BridgeName)?.Index ?? throw NotSetUp($"The bridge {_settings.BridgeName} is missing");

        // It goes with its descriptor, however this process ends, until it is known as ours by its place on the bridge.
        using ReadyTap tap = (ownerUid is null ? _ready.Take(bridge, tapName) : null)
            ?? ReadyTap.Make(_route, bridge, () => TapDevice.Create(tapName, new TapOptions { OwnerUid = ownerUid }));
        Stack<Action> undo = new();
        try
        {
            _route.SetForwarding(tap.Index, mac);
            if (guest.Network.DownKbps > 0)
            {
                _route.SetQueue(tap.Index, DownQueue(guest.Network.DownKbps));
            }

            _route.SetNeighbour(bridge, ip, mac);
            undo.Push(() => _route.DeleteNeighbour(bridge, ip));
            Admit(guest);
            undo.Push(() => Dismiss(guest, withPort: true));
            tap.Device.SetPersistent(true);
            undo.Push(() => _route.DeleteLink(tapName));

            // Closed before it comes up, or it would seem for a while that a VMM holds it.
            tap.Dispose();
            _route.SetUp(tap.Index);
        }
        catch
        {
            foreach (Action step in undo)
            {
                Quietly(step);
            }

            throw;
        }
        finally
        {
            _ready.Refill();
        }
    }

    /// <summary>Cuts a VM off at once, and takes its tap and all that belongs to it away.</summary>
    /// <returns>False when there was no such tap; entries that it left are removed all the same.</returns>
    /// <remarks>
    /// The kernel waits some 17 ms for the readers of its tables whenever it deletes links, be it one or a hundred. Taps that
    /// are detached at the same time go together, so that none waits for another.
    /// </remarks>
    /// <exception cref="ArgumentException">The name lacks the prefix or is not valid.</exception>
    /// <exception cref="NetException">The kernel refused; calling again goes on from there.</exception>
    public async Task<bool> DetachAsync(string tapName)
    {
        ThrowIfNotOurs(tapName);
        int? bridge = _route.GetLink(_settings.BridgeName)?.Index;
        bool isKnown = _attached.ContainsKey(tapName);
        List<GuestRules> guests = GuestsBehind(tapName);
        foreach (GuestRules guest in guests)
        {
            Dismiss(guest, withPort: false);
            if (!isKnown)
            {
                DismissAllowed(guest.Ip);
            }

            if (bridge is { } index)
            {
                _route.DeleteNeighbour(index, guest.Ip);
            }
        }

        int? tap = _route.GetLink(tapName) is { Kind: LinkKind.Tun } link ? link.Index : null;
        bool existed = (tap is not null || guests.Count > 0)
            && await _removals.RemoveAsync(tap, HostNetworkSettings.DoomedGroupOf(bridge ?? 0), [.. guests.Select(static guest => guest.Ip)]).ConfigureAwait(false);

        // Last: a port that is not in this set is not looked at.
        Dismiss(HostFirewall.PortsSet, NftElement.OfLink(tapName));
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
            .. links.Where(link => bridge is { } index && link.Master == index && _settings.IsTapOf(index, link))
                .Select(static link => link.Name)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Closes the sockets; the taps of VMs stay.</summary>
    public void Dispose()
    {
        _ready.Dispose();
        _route.Dispose();
        _firewall.Dispose();
        _connections?.Dispose();
    }

    /// <summary>A limit of what is sent to a VM: what exceeds the rate waits a quarter of a second at most.</summary>
    internal static TokenBucketQueue DownQueue(int kbps)
    {
        const ulong LeastBytes = 64 * 1024;
        ulong rate = GuestLimits.BytesPerSecond(kbps);
        return new TokenBucketQueue(rate, (uint)Math.Max(rate / 50, LeastBytes), (uint)Math.Max(rate / 4, LeastBytes * 2));
    }

    private static NetworkSpec Checked(NetworkSpec network) => NetworkPolicies.All.Contains(network.Policy ?? "")
        ? network
        : throw new ArgumentException($"'{network.Policy}' is not a policy: {string.Join(", ", NetworkPolicies.All)}.", nameof(network));

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
