using System.Net;
using Viper.Contracts;
using Viper.Orchestration.Network;

namespace Viper.Orchestration;

public static partial class CreateVmValidation
{
    private static void CheckNetwork(List<ProblemError> errors, NetworkSpec? network)
    {
        const string Pointer = "#/network";
        if (network is null)
        {
            return;
        }

        if (network.Policy is not null && !NetworkPolicies.All.Contains(network.Policy))
        {
            errors.Add(new ProblemError(Pointer + "/policy", "format", $"One of {string.Join(", ", NetworkPolicies.All)}."));
        }

        IReadOnlyList<NetworkAllow> allow = network.Allow ?? [];
        if (allow.Count > VmLimits.MaxNetworkAllow)
        {
            errors.Add(new ProblemError(Pointer + "/allow", "range", $"At most {VmLimits.MaxNetworkAllow} networks, not {allow.Count}."));
        }
        else if (allow.Count > 0 && network.Policy != NetworkPolicies.Allow)
        {
            errors.Add(new ProblemError(Pointer + "/allow", "format", $"Only with the policy {NetworkPolicies.Allow}."));
        }
        else
        {
            for (int i = 0; i < allow.Count; i++)
            {
                CheckAllow(errors, $"{Pointer}/allow/{i}", allow[i]);
            }
        }

        CheckRange(errors, Pointer + "/up_kbps", network.UpKbps, 0, VmLimits.MaxNetworkKbps);
        CheckRange(errors, Pointer + "/down_kbps", network.DownKbps, 0, VmLimits.MaxNetworkKbps);
        CheckRange(errors, Pointer + "/max_connections", network.MaxConnections, 0, VmLimits.MaxNetworkConnections);
    }

    private static void CheckAllow(List<ProblemError> errors, string pointer, NetworkAllow allow)
    {
        if (!AllowedDestination.TryParseNetwork(allow.Cidr, out IPNetwork network))
        {
            string why = allow.Cidr?.Contains(':') == true ? "VMs have no IPv6: an" : "An";
            errors.Add(new ProblemError(pointer + "/cidr", "format", $"{why} IPv4 network such as 203.0.113.0/24, without bits beyond its prefix, or one address."));
        }
        else if (HostFirewall.s_never.FirstOrDefault(never => never.Contains(network.BaseAddress) && never.PrefixLength <= network.PrefixLength) is { PrefixLength: > 0 } never)
        {
            errors.Add(new ProblemError(pointer + "/cidr", "range", $"No VM reaches {never}, whatever its policy."));
        }

        IReadOnlyList<string> ports = allow.Ports ?? [];
        if (ports.Count > VmLimits.MaxNetworkPorts)
        {
            errors.Add(new ProblemError(pointer + "/ports", "range", $"At most {VmLimits.MaxNetworkPorts} ports or ranges, not {ports.Count}."));
            return;
        }

        for (int i = 0; i < ports.Count; i++)
        {
            if (!AllowedDestination.TryParsePorts(ports[i], out _))
            {
                errors.Add(new ProblemError($"{pointer}/ports/{i}", "format", "A port or range and a protocol: 443/tcp, 8000-8100/udp."));
            }
        }
    }
}
