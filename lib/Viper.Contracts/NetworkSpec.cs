namespace Viper.Contracts;

/// <summary>What a VM may do on the network.</summary>
public sealed record NetworkSpec
{
    /// <summary>One of <see cref="NetworkPolicies"/>; in a request null means <c>internet</c> for images with a browser and <c>none</c> for others.</summary>
    public string? Policy { get; init; }

    /// <summary>What the policy <c>allow</c> lets the VM reach, at most <see cref="VmLimits.MaxNetworkAllow"/> entries; empty with any other policy.</summary>
    public IReadOnlyList<NetworkAllow> Allow { get; init; } = [];

    /// <summary>What the VM may send, in kilobits (1,000 bits) per second; 0 for no limit.</summary>
    public int UpKbps { get; init; }

    /// <summary>What may be sent to the VM, in kilobits (1,000 bits) per second; 0 for no limit.</summary>
    public int DownKbps { get; init; }

    /// <summary>How many connections the VM may have open to others at once; 0 for no limit.</summary>
    public int MaxConnections { get; init; }
}
