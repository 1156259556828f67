namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>What a guest does that its VMM notices.</summary>
internal enum GuestAct
{
    /// <summary>Powers off.</summary>
    PowerOff,

    /// <summary>Resets.</summary>
    Reset,

    /// <summary>Panics, and says so to the pvpanic device.</summary>
    Panic,
}
