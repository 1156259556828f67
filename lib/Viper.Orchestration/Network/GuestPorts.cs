using System.Net;

using Viper.Net;

namespace Viper.Orchestration.Network;

/// <summary>The VMs' taps as ports of the bridge: what they should be, and putting that back.</summary>
internal sealed class GuestPorts(RouteSocket route, int bridge)
{
    /// <summary>A port whose frames reach the bridge only, and that gets none which are not for its guest.</summary>
    internal static readonly BridgePortSettings s_settings = new()
    {
        Isolated = true,
        Learning = false,
        UnicastFlood = false,
        MulticastFlood = false,
        BroadcastFlood = false,
        Guard = true,
        Hairpin = false,
    };

    /// <summary>The VMs whose ports, pinned addresses or neighbours somebody changed; those without a tap are not among them.</summary>
    internal IReadOnlyList<GuestRules> FindChanged(IReadOnlyList<GuestRules> guests)
    {
        if (guests.Count == 0)
        {
            return [];
        }

        Dictionary<string, Link> taps = route.ListLinks().Where(static link => link.Kind == LinkKind.Tun)
            .GroupBy(static link => link.Name).ToDictionary(static group => group.Key, static group => group.First());
        HashSet<(int, MacAddress)> pinned = [.. route.ListForwarding().Where(static entry => entry.IsStatic && !entry.IsLocal).Select(static entry => (entry.LinkIndex, entry.Mac))];
        Dictionary<IPAddress, MacAddress?> neighbours = route.ListNeighbours().Where(entry => entry.LinkIndex == bridge && entry.IsPermanent)
            .ToDictionary(static entry => entry.Address, static entry => entry.Mac);
        HashSet<(int, ulong)> queues = guests.Any(static guest => guest.Network.DownKbps > 0)
            ? [.. route.ListQueues().Where(static queue => queue.Kind == "tbf").Select(static queue => (queue.LinkIndex, queue.BytesPerSecond))]
            : [];
        return
        [
            .. guests.Where(guest => taps.TryGetValue(guest.Tap, out Link? tap)
                && !(IsPortOf(bridge, tap) && pinned.Contains((tap.Index, guest.Mac)) && neighbours.GetValueOrDefault(guest.Ip) == guest.Mac
                    && (guest.Network.DownKbps <= 0 || queues.Contains((tap.Index, GuestLimits.BytesPerSecond(guest.Network.DownKbps)))))),
        ];
    }

    /// <summary>Makes the ports as they should be.</summary>
    internal void Restore(IReadOnlyList<GuestRules> guests)
    {
        foreach (GuestRules guest in FindChanged(guests))
        {
            if (route.GetLink(guest.Tap) is not { } tap)
            {
                continue;
            }

            if (tap.Master != bridge)
            {
                // Down meanwhile, because a new port is open to all others.
                route.SetUp(tap.Index, up: false);
                route.SetLink(tap.Index, AsPortOf(bridge));
            }

            route.SetBridgePort(tap.Index, s_settings);
            route.SetForwarding(tap.Index, guest.Mac);
            route.SetNeighbour(bridge, guest.Ip, guest.Mac);
            if (guest.Network.DownKbps > 0)
            {
                route.SetQueue(tap.Index, VmNetwork.DownQueue(guest.Network.DownKbps));
            }

            route.SetUp(tap.Index);
        }
    }

    /// <summary>Joins a tap to the bridge, as one of ours.</summary>
    internal static LinkChange AsPortOf(int bridge) => new() { Master = bridge, Group = HostNetworkSettings.GroupOf(bridge) };

    /// <summary>Whether a tap is on the bridge, and its port as it should be.</summary>
    internal static bool IsPortOf(int bridge, Link tap) => tap.Master == bridge && tap.BridgePort is { } port
        && (port.Isolated, port.Learning, port.UnicastFlood, port.MulticastFlood, port.BroadcastFlood, port.Guard, port.Hairpin)
            == (s_settings.Isolated, s_settings.Learning, s_settings.UnicastFlood, s_settings.MulticastFlood, s_settings.BroadcastFlood, s_settings.Guard, s_settings.Hairpin);
}
