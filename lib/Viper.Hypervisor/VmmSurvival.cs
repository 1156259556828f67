namespace Viper.Hypervisor;

/// <summary>What is known of a VMM after a request failed.</summary>
public enum VmmSurvival
{
    /// <summary>It was not found out.</summary>
    Unknown,

    /// <summary>It answers; further requests make sense.</summary>
    Alive,

    /// <summary>It listens, and does not answer in time: it is busy, waits for a migration, or hangs.</summary>
    Unresponsive,

    /// <summary>Nobody listens on its socket any more, or its own thread has ended: the machine is lost.</summary>
    Gone,
}
