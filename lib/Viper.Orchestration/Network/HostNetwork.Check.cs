using System.Globalization;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

public sealed partial class HostNetwork
{
    private const string TunPath = "/dev/net/tun";
    private const int NetAdminCapability = 12;
    private const string SetUpAgain = "Run 'viper setup'.";

    /// <summary>Looks at everything that the VMs' network needs; changes nothing.</summary>
    /// <remarks>What cannot be read is a finding, not an exception.</remarks>
    public IReadOnlyList<NetworkFinding> Check() =>
    [
        CheckTun(),
        CheckCapability(),
        Guard("subnet", CheckSubnet),
        Guard("bridge", CheckBridge),
        Guard("address", CheckAddress),
        Guard("forwarding", CheckForwarding),
        Guard("filter", () => CheckTable("filter", NftFamily.Inet)),
        Guard("anti-spoof", () => CheckTable("anti-spoof", NftFamily.Bridge)),
    ];

    private static NetworkFinding Guard(string name, Func<NetworkFinding> check)
    {
        try
        {
            return check();
        }
        catch (Exception e) when (e is NetException or IOException or UnauthorizedAccessException)
        {
            return new NetworkFinding(name, FindingLevel.Failure, e.Message, "It could not be looked at.", "Run this as root.");
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

    private NetworkFinding CheckAddress() =>
        _route.GetLink(_settings.BridgeName) is { } bridge && HasAddress(bridge.Index)
            ? new NetworkFinding("address", FindingLevel.Ok, $"{_settings.BridgeName} has {_settings.Address}")
            : new NetworkFinding(
                "address",
                FindingLevel.Failure,
                $"{_settings.BridgeName} does not have {_settings.Address}/{_settings.Subnet.PrefixLength}",
                "It is the gateway of every guest.",
                SetUpAgain);

    private static NetworkFinding CheckForwarding() =>
        Sysctl.ReadFlag(Sysctl.Ipv4Forward)
            ? new NetworkFinding("forwarding", FindingLevel.Ok, "net.ipv4.ip_forward is 1")
            : new NetworkFinding(
                "forwarding", FindingLevel.Failure, "net.ipv4.ip_forward is 0", "Guests reach nothing beyond the host.", SetUpAgain);

    private NetworkFinding CheckTable(string name, NftFamily family)
    {
        string marker = Marker(_route.GetLink(_settings.BridgeName));
        NftTable expected = family == NftFamily.Inet ? HostFirewall.Inet(_settings, marker) : HostFirewall.Bridge(marker);
        IReadOnlyList<string> differences = _firewall.Compare(expected);
        string table = $"table {(family == NftFamily.Inet ? "inet" : "bridge")} {HostFirewall.TableName}";
        return differences.Count == 0
            ? new NetworkFinding(name, FindingLevel.Ok, $"{table} is as we made it")
            : new NetworkFinding(
                name,
                FindingLevel.Failure,
                $"{table}: {string.Join("; ", differences)}",
                "Guests could reach what they must not, or nothing at all.",
                SetUpAgain);
    }
}
