using System.Net;
using System.Net.Sockets;

using Viper.Net;

namespace Viper.Orchestration.Network;

/// <summary>What would break the host, said before anything is changed.</summary>
internal static class HostNetworkRules
{
    private const int WidestPrefix = 8;
    private const int NarrowestPrefix = 30;
    private const uint LocalTable = 255;

    internal static void ThrowIfInvalid(HostNetworkSettings settings)
    {
        string? why = !LinkName.IsValid(settings.BridgeName)
            ? $"'{settings.BridgeName}' is not a name for a bridge"
            : settings.Subnet.BaseAddress.AddressFamily != AddressFamily.InterNetwork
                ? $"{settings.Subnet} is not an IPv4 network"
                : settings.Subnet.PrefixLength is < WidestPrefix or > NarrowestPrefix
                    ? $"{settings.Subnet} must have a prefix of {WidestPrefix} to {NarrowestPrefix} bits"
                    : !settings.Subnet.Contains(settings.Address)
                        ? $"the address {settings.Address} is not in the guests' network {settings.Subnet}"
                        : settings.Address.Equals(settings.Subnet.BaseAddress) || settings.Address.Equals(Last(settings.Subnet))
                            ? $"the address {settings.Address} is the first or last of {settings.Subnet}, which no host may have"
                            : Array.Exists(HostFirewall.s_never, never => never.Contains(settings.Subnet.BaseAddress))
                                ? $"{settings.Subnet} is loopback, link-local, multicast or reserved, which no guest may have"
                                : settings.DnsServers.Contains(settings.Address)
                                    ? $"the name server {settings.Address} is this host itself, which would ask itself"
                                    : settings.ReadyTaps is < 0 or > ReadyTaps.Most
                                        ? $"{settings.ReadyTaps} taps cannot be kept ready; 0 to {ReadyTaps.Most} can"
                                        : null;
        if (why is not null)
        {
            throw new HostNetworkException(NetworkRefusal.InvalidSettings, $"The network settings cannot be used: {why}.");
        }
    }

    /// <summary>Refuses a name or an address that somebody else has.</summary>
    internal static void ThrowIfTaken(
        HostNetworkSettings settings, Link? bridge, Func<IReadOnlyList<Link>> links, IReadOnlyList<LinkAddress> addresses)
    {
        LinkAddress? elsewhere = addresses.FirstOrDefault(
            address => address.Address.Equals(settings.Address) && address.LinkIndex != bridge?.Index);
        if (elsewhere is not null)
        {
            string owner = NameOf(links, elsewhere.LinkIndex);
            throw new HostNetworkException(
                NetworkRefusal.AddressInUse,
                $"The address {settings.Address} is in use on {owner}; choose another with --host-ip and --subnet.",
                owner);
        }

        if (bridge is null || ForwardingMarker.Read(bridge.Alias) is not null)
        {
            return;
        }

        // A bridge without our mark is taken over only when it serves nobody: no port, and no address but ours.
        bool foreignAddress = addresses.Any(
            address => address.LinkIndex == bridge.Index
                && address.Address.AddressFamily == AddressFamily.InterNetwork
                && !address.Address.Equals(settings.Address));
        if (bridge.Kind != LinkKind.Bridge || foreignAddress || links().Any(link => link.Master == bridge.Index))
        {
            throw new HostNetworkException(
                NetworkRefusal.NameTaken,
                $"A link {settings.BridgeName} exists and is not ours; choose another name with --bridge.",
                bridge.Name);
        }
    }

    /// <summary>Refuses a network that would draw away another link's traffic.</summary>
    internal static void ThrowIfOverlapping(
        HostNetworkSettings settings,
        Link? bridge,
        Func<IReadOnlyList<Link>> links,
        IReadOnlyList<LinkAddress> addresses,
        IReadOnlyList<Route> routes)
    {
        foreach (LinkAddress address in addresses)
        {
            if (address.LinkIndex != bridge?.Index
                && address.Address.AddressFamily == AddressFamily.InterNetwork
                && Overlap(settings.Subnet, address.Address, address.PrefixLength))
            {
                throw Overlapping(settings, $"{address.Address}/{address.PrefixLength}", NameOf(links, address.LinkIndex));
            }
        }

        foreach (Route route in routes)
        {
            if (route.LinkIndex is { } index
                && index != bridge?.Index
                && route.IsUnicast
                && route.Table != LocalTable
                && route.Destination.PrefixLength > 0
                && route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork
                && Overlap(settings.Subnet, route.Destination.BaseAddress, route.Destination.PrefixLength))
            {
                throw Overlapping(settings, $"the route to {route.Destination}", NameOf(links, index));
            }
        }
    }

    private static HostNetworkException Overlapping(HostNetworkSettings settings, string what, string link) => new(
        NetworkRefusal.SubnetOverlap,
        $"The guests' network {settings.Subnet} overlaps {what} on {link}; choose another with --host-ip and --subnet.",
        link);

    private static bool Overlap(IPNetwork subnet, IPAddress address, int prefixLength)
    {
        uint other = Number(address);
        int shared = Math.Min(subnet.PrefixLength, prefixLength);
        uint mask = shared == 0 ? 0 : uint.MaxValue << (32 - shared);
        return (Number(subnet.BaseAddress) & mask) == (other & mask);
    }

    private static IPAddress Last(IPNetwork network)
    {
        byte[] bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
            bytes, Number(network.BaseAddress) | (uint)((1UL << (32 - network.PrefixLength)) - 1));
        return new IPAddress(bytes);
    }

    private static uint Number(IPAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static string NameOf(Func<IReadOnlyList<Link>> links, int index) =>
        links().FirstOrDefault(link => link.Index == index)?.Name ?? $"link {index}";
}
