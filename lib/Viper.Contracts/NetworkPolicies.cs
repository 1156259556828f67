namespace Viper.Contracts;

/// <summary>What a VM may reach, as it is spelled on the wire.</summary>
public static class NetworkPolicies
{
    /// <summary>Nothing, names included. The host still reaches the VM.</summary>
    public const string None = "none";

    /// <summary>Public addresses; no private or special network, and no address of the host.</summary>
    public const string Internet = "internet";

    /// <summary>What <see cref="NetworkSpec.Allow"/> names, and nothing else.</summary>
    public const string Allow = "allow";

    /// <summary>Everything but other VMs, the host, and link-local addresses such as a cloud's metadata service.</summary>
    public const string Open = "open";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [None, Internet, Allow, Open];
}
