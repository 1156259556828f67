namespace Viper.Orchestration.Network;

/// <summary>How a VM's tap is.</summary>
public enum GuestPortState
{
    /// <summary>It is there and up.</summary>
    Up,

    /// <summary>Somebody set it down, or the VM is being joined.</summary>
    Down,

    /// <summary>Somebody deleted it: the VM has no network until it is started anew.</summary>
    Missing,
}
