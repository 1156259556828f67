namespace Viper.Orchestration.Network;

/// <summary>Why the host's network is left as it is.</summary>
public enum NetworkRefusal
{
    /// <summary>The settings contradict themselves.</summary>
    InvalidSettings,

    /// <summary>The bridge's name belongs to a link that is not ours.</summary>
    NameTaken,

    /// <summary>The bridge's address is on another link.</summary>
    AddressInUse,

    /// <summary>The guests' network overlaps one that another link has or leads to.</summary>
    SubnetOverlap,

    /// <summary>The bridge or the filter is not there; setup has not run.</summary>
    NotSetUp,

    /// <summary>A daemon or VMs use the network.</summary>
    InUse,
}
