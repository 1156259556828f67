using System.Globalization;
using System.Net;
using System.Net.Sockets;

using Viper.Contracts;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>What an entry of the policy <c>allow</c> says.</summary>
internal static class AllowedDestination
{
    private const int AddressBits = 32;

    /// <summary>An IPv4 network in the usual spelling, or one address.</summary>
    internal static bool TryParseNetwork(string? text, out IPNetwork network)
    {
        network = default;
        string address = text?.Split('/')[0] ?? "";

        // "1" and "0x7f000001" parse as addresses too; only four decimal parts read the same everywhere.
        if (!IPAddress.TryParse(address, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetwork || parsed.ToString() != address)
        {
            return false;
        }

        if (text == address)
        {
            network = new IPNetwork(parsed, AddressBits);
            return true;
        }

        // Bits beyond the prefix are dropped without a word; whoever wrote them meant something else.
        return IPNetwork.TryParse(text, out network) && network.BaseAddress.Equals(parsed);
    }

    /// <summary>A port or range of ports with its protocol, such as <c>443/tcp</c>.</summary>
    internal static bool TryParsePorts(string? text, out (ProtocolType Protocol, ushort First, ushort Last) ports)
    {
        ports = default;
        if (text?.Split('/') is not [string range, string protocol]
            || range.Split('-') is not [string first, ..] bounds
            || bounds.Length > 2
            || !TryParsePort(first, out ushort from)
            || !TryParsePort(bounds[^1], out ushort to)
            || from > to)
        {
            return false;
        }

        ProtocolType? type = protocol switch { "tcp" => ProtocolType.Tcp, "udp" => ProtocolType.Udp, _ => null };
        ports = (type ?? default, from, to);
        return type is not null;
    }

    /// <summary>What one VM's entries are in the sets of the filter.</summary>
    /// <remarks>
    /// The kernel refuses ranges that overlap. Networks lie within each other or apart, so it is enough to take from the
    /// ports of each those of the networks around it.
    /// </remarks>
    internal static AllowedElements Elements(IPAddress guest, IReadOnlyList<NetworkAllow> allow)
    {
        List<IPNetwork> whole = [];
        Dictionary<(IPNetwork Network, ProtocolType Protocol), List<(int First, int Last)>> parts = [];
        foreach (NetworkAllow entry in allow)
        {
            IPNetwork network = TryParseNetwork(entry.Cidr, out IPNetwork parsed)
                ? parsed
                : throw new ArgumentException($"'{entry.Cidr}' is not an IPv4 network.", nameof(allow));
            if (entry.Ports is null or { Count: 0 })
            {
                whole.Add(network);
            }

            foreach (string text in entry.Ports ?? [])
            {
                if (!TryParsePorts(text, out (ProtocolType Protocol, ushort First, ushort Last) ports))
                {
                    throw new ArgumentException($"'{text}' is not a port with its protocol.", nameof(allow));
                }

                (parts.TryGetValue((network, ports.Protocol), out List<(int, int)>? known) ? known : parts[(network, ports.Protocol)] = [])
                    .Add((ports.First, ports.Last));
            }
        }

        whole = [.. whole.Distinct()];
        whole.RemoveAll(network => whole.Any(other => other != network && Holds(other, network)));
        AllowedElements elements = new([], [], []);
        elements.Networks.AddRange(whole.Select(network => NftElement.Range(NftKey.Of(guest), Key(network))));
        foreach (((IPNetwork network, ProtocolType protocol), List<(int First, int Last)> ranges) in parts)
        {
            if (!whole.Any(other => Holds(other, network)))
            {
                var around = parts.Where(other => other.Key.Protocol == protocol && other.Key.Network != network && Holds(other.Key.Network, network));
                Add(elements, guest, network, protocol, PortRanges.Except(ranges, around.SelectMany(static other => other.Value)));
            }
        }

        return elements;
    }

    private static void Add(AllowedElements elements, IPAddress guest, IPNetwork network, ProtocolType protocol, List<(int First, int Last)> ranges)
    {
        foreach ((int first, int last) in ranges)
        {
            if (network.PrefixLength == AddressBits && first == last)
            {
                elements.Exact.Add(NftElement.Of(NftKey.Of(guest), NftKey.Of(network.BaseAddress), NftKey.Of(protocol), NftKey.Port((ushort)first)));
            }
            else
            {
                elements.Ports.Add(NftElement.Range(NftKey.Of(guest), Key(network), NftKey.Of(protocol), NftKey.Ports((ushort)first, (ushort)last)));
            }
        }
    }

    private static NftKey Key(IPNetwork network) => network.PrefixLength == AddressBits ? NftKey.Of(network.BaseAddress) : NftKey.Of(network);

    private static bool Holds(IPNetwork wide, IPNetwork narrow) => wide.PrefixLength <= narrow.PrefixLength && wide.Contains(narrow.BaseAddress);

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
