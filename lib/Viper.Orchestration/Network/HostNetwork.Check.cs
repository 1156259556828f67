using System.Globalization;
using System.Net;

using Viper.Net;
using Viper.Net.Firewall;
using Viper.Orchestration.Network.Names;

namespace Viper.Orchestration.Network;

public sealed partial class HostNetwork
{
    private const string TunPath = "/dev/net/tun";
    private const int NetAdminCapability = 12;
    private const string SetUpAgain = "Run 'viper setup'.";

    /// <summary>Looks at everything that the VMs' network needs; changes nothing.</summary>
    /// <remarks>What cannot be read is a finding, not an exception.</remarks>
    public IReadOnlyList<NetworkFinding> Check() => Check(null);

    /// <summary>The same, but the filter's content is read only where somebody else changed it since it was found right.</summary>
    internal IReadOnlyList<NetworkFinding> Check(FilterGeneration? generation)
    {
        uint? now = generation?.Read();
        bool isRight = now is not null && generation!.IsRight(now);
        NetworkFinding[] filter =
        [
            Guard("filter", () => CheckTable("filter", NftFamily.Inet, isRight)),
            Guard("anti-spoof", () => CheckTable("anti-spoof", NftFamily.Bridge, isRight)),
            Guard("iptables", () => CheckIptables(isRight)),
        ];
        if (now is { } read && !isRight && filter.All(static finding => finding.Level == FindingLevel.Ok))
        {
            generation!.Accept(read);
        }

        return
        [
            CheckTun(),
            CheckCapability(),
            Guard("subnet", CheckSubnet),
            Guard("bridge", CheckBridge),
            Guard("address", CheckAddress),
            Guard("forwarding", CheckForwarding),
            .. filter,
            CheckNames(),
            // It grows with the VMs, and each VM's start looks at the rest.
            .. generation is null ? [Guard("guests", CheckGuests)] : (NetworkFinding[])[],
        ];
    }

    private static NetworkFinding Guard(string name, Func<NetworkFinding> check)
    {
        try
        {
            return check();
        }
        catch (Exception e) when (e is NetException or IOException or UnauthorizedAccessException)
        {
            return new NetworkFinding(name, FindingLevel.Unknown, e.Message, "It could not be looked at.", "Look as root: sudo viper doctor.");
        }
    }

    private static NetworkFinding CheckTun()
    {
        const string Name = "tun";
        try
        {
            TapDevice.CheckDriver();
            return new NetworkFinding(Name, FindingLevel.Ok, $"{TunPath} opens");
        }
        catch (TapException e)
        {
            string remedy = File.Exists(TunPath)
                ? "Run the daemon as root, or allow the device (character device 10:200)."
                : "Run 'modprobe tun', or give the container that device.";
            string what = File.Exists(TunPath) ? $"{TunPath} cannot be used: {e.Message}" : $"{TunPath} is missing";
            return new NetworkFinding(Name, FindingLevel.Failure, what, "Every VM has a tap device.", remedy);
        }
    }

    private static NetworkFinding CheckCapability()
    {
        const string Name = "capability";
        const string Field = "CapEff:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
        bool has = line is not null
            && ulong.TryParse(line.AsSpan(Field.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set)
            && (set & (1UL << NetAdminCapability)) != 0;
        return has
            ? new NetworkFinding(Name, FindingLevel.Ok, "CAP_NET_ADMIN is there")
            : new NetworkFinding(
                Name, FindingLevel.Failure, "CAP_NET_ADMIN is missing", "Links and filters are changed with it.", "Run the daemon as root or with that capability.");
    }

    private NetworkFinding CheckSubnet()
    {
        try
        {
            Inspect();
            return new NetworkFinding("subnet", FindingLevel.Ok, $"{_settings.Subnet} overlaps nothing");
        }
        catch (HostNetworkException e)
        {
            return new NetworkFinding(
                "subnet", FindingLevel.Failure, e.Message, "Guests would take over traffic of the host.", "Choose another network for the guests.");
        }
    }

    private NetworkFinding CheckBridge() => _route.GetLink(_settings.BridgeName) switch
    {
        null => new NetworkFinding(
            "bridge", FindingLevel.Failure, $"{_settings.BridgeName} is missing", "VMs are joined to it.", SetUpAgain),
        { Kind: not LinkKind.Bridge } link => new NetworkFinding(
            "bridge", FindingLevel.Failure, $"{link.Name} is not a bridge", "VMs are joined to it.", "Choose another name with --bridge."),
        { Address: var address } when address != s_bridgeMac => new NetworkFinding(
            "bridge", FindingLevel.Failure, $"{_settings.BridgeName} has the address {address}", "It would change with every VM, and guests be out of reach.", SetUpAgain),
        { IsUp: false } => new NetworkFinding(
            "bridge", FindingLevel.Failure, $"{_settings.BridgeName} is down", "No frame passes.", SetUpAgain),
        _ => new NetworkFinding("bridge", FindingLevel.Ok, $"{_settings.BridgeName} is up"),
    };

    private NetworkFinding CheckAddress()
    {
        const string Name = "address";
        LinkAddress[] addresses = _route.GetLink(_settings.BridgeName) is { } bridge ? AddressesOf(bridge.Index) : [];
        LinkAddress[] others = [.. addresses.Where(address => !IsGateway(address))];
        return addresses.Length == others.Length
            ? new NetworkFinding(
                Name,
                FindingLevel.Failure,
                $"{_settings.BridgeName} does not have {_settings.Address}/{_settings.Subnet.PrefixLength}",
                "It is the gateway of every guest.",
                SetUpAgain)
            : others.Length == 0
                ? new NetworkFinding(Name, FindingLevel.Ok, $"{_settings.BridgeName} has {_settings.Address}")
                : new NetworkFinding(
                    Name,
                    FindingLevel.Warning,
                    $"{_settings.BridgeName} has {Texts(others)} beside {_settings.Address}",
                    "The bridge is Viper's alone; another network on it is one that its filter does not know.",
                    SetUpAgain);
    }

    private static NetworkFinding CheckForwarding() =>
        Sysctl.ReadFlag(Sysctl.Ipv4Forward)
            ? new NetworkFinding("forwarding", FindingLevel.Ok, "net.ipv4.ip_forward is 1")
            : new NetworkFinding(
                "forwarding", FindingLevel.Failure, "net.ipv4.ip_forward is 0", "Guests reach nothing beyond the host.", SetUpAgain);

    private NetworkFinding CheckTable(string name, NftFamily family, bool isRight)
    {
        IReadOnlyList<string> differences = isRight ? [] : Differences(family, Marker(_route.GetLink(_settings.BridgeName)));
        string table = $"table {(family == NftFamily.Inet ? "inet" : "bridge")} {_settings.TableName}";
        return differences.Count == 0
            ? new NetworkFinding(name, FindingLevel.Ok, $"{table} is as we made it")
            : new NetworkFinding(
                name,
                FindingLevel.Failure,
                $"{table}: {string.Join("; ", differences)}",
                "Guests could reach what they must not, or nothing at all.",
                SetUpAgain);
    }

    private NetworkFinding CheckGuests()
    {
        const string Name = "guests";
        Dictionary<string, Link> taps = _route.ListLinks().Where(static link => link.Kind == LinkKind.Tun)
            .GroupBy(static link => link.Name).ToDictionary(static group => group.Key, static group => group.First());
        GuestKey[] lost =
        [
            .. GuestKey.ReadAll(_firewall.ListElements(NftFamily.Bridge, _settings.TableName, HostFirewall.GuestsSet))
                .Where(guest => !taps.ContainsKey(guest.TapName)),
        ];
        return lost.Length == 0
            ? new NetworkFinding(Name, FindingLevel.Ok, "each VM on the bridge has its tap")
            : new NetworkFinding(
                Name,
                FindingLevel.Warning,
                $"the taps of these VMs are gone: {string.Join(", ", lost.Select(static guest => $"{guest.TapName} ({guest.Ip})"))}",
                "Somebody deleted them; those VMs have no network any more.",
                "Stop and start them; 'viper net show' names them.");
    }

    private NetworkFinding CheckNames()
    {
        IReadOnlyList<IPEndPoint> servers = new HostResolvers(_settings.DnsServers, _settings.Address).Now();
        return servers.Count > 0
            ? new NetworkFinding("names", FindingLevel.Ok, $"guests' questions go to {string.Join(", ", servers)}")
            : new NetworkFinding(
                "names", FindingLevel.Warning, "the host knows no name server", "Guests find nothing by name.", "Name one with --dns or in /etc/resolv.conf.");
    }
}
