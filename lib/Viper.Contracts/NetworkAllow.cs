namespace Viper.Contracts;

/// <summary>A network that a VM with the policy <c>allow</c> may reach.</summary>
public sealed record NetworkAllow
{
    /// <summary>An IPv4 network such as <c>203.0.113.0/24</c>, or one address.</summary>
    public required string Cidr { get; init; }

    /// <summary>Ports such as <c>443/tcp</c> or <c>8000-8100/udp</c>, at most <see cref="VmLimits.MaxNetworkPorts"/>; empty for everything.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];
}
