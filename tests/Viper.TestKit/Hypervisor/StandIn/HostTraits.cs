namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>What of the host shows in the VMM's answers.</summary>
internal sealed record HostTraits
{
    /// <summary>Whether KVM refuses to give the state of nested virtualisation, so that no snapshot can be taken.</summary>
    public bool RefusesNestedState { get; init; }

    /// <summary>How long a boot waits for the socket of another process's device.</summary>
    public TimeSpan VhostUserWait { get; init; } = TimeSpan.FromMinutes(1);
}
