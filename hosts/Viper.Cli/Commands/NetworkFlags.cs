using System.CommandLine;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary>What a VM may do on the network, as flags of <c>create</c>.</summary>
internal sealed class NetworkFlags
{
    private readonly Option<string?> _policy = new("--network")
    {
        Description = $"What the VM may reach: {string.Join(", ", NetworkPolicies.All)} (internet for images with a browser, none for others).",
        HelpName = "POLICY",
    };

    private readonly Option<string[]> _allow = new("--allow")
    {
        Description = "With --network allow: a network or address and, if not all, its ports: 203.0.113.0/24:443/tcp,8000-8100/udp; may be repeated.",
        HelpName = "CIDR[:PORTS]",
    };

    private readonly Option<int> _up = new("--up-kbps") { Description = "What the VM may send, in kilobits per second; 0 for no limit.", HelpName = "N" };
    private readonly Option<int> _down = new("--down-kbps") { Description = "What may be sent to the VM, in kilobits per second; 0 for no limit.", HelpName = "N" };
    private readonly Option<int> _connections = new("--max-connections") { Description = "Connections that the VM may have open; 0 for no limit.", HelpName = "N" };

    internal void AddTo(Command command)
    {
        command.Options.Add(_policy);
        command.Options.Add(_allow);
        command.Options.Add(_up);
        command.Options.Add(_down);
        command.Options.Add(_connections);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_policy) == NetworkPolicies.Allow && (result.GetValue(_allow) ?? []).Length == 0)
            {
                result.AddError($"--network {NetworkPolicies.Allow} needs to know what: add --allow CIDR[:PORTS], or say --network {NetworkPolicies.None}.");
            }
        });
    }

    /// <summary>The member of the request; null where no flag was given, so that the image's default holds.</summary>
    internal NetworkSpec? Read(ParseResult parsed)
    {
        NetworkSpec spec = new()
        {
            Policy = parsed.GetValue(_policy),
            Allow = [.. (parsed.GetValue(_allow) ?? []).Select(Entry)],
            UpKbps = parsed.GetValue(_up),
            DownKbps = parsed.GetValue(_down),
            MaxConnections = parsed.GetValue(_connections),
        };
        return spec is { Policy: null, Allow.Count: 0, UpKbps: 0, DownKbps: 0, MaxConnections: 0 } ? null : spec;
    }

    private static NetworkAllow Entry(string text)
    {
        // Two colons are those of an IPv6 network, which the daemon refuses by name.
        int colon = text.IndexOf(':');
        return colon < 0 || text.IndexOf(':', colon + 1) >= 0
            ? new NetworkAllow { Cidr = text }
            : new NetworkAllow { Cidr = text[..colon], Ports = text[(colon + 1)..].Split(',') };
    }
}
