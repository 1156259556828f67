namespace Viper.Hypervisor;

/// <summary>Why a machine's process ended.</summary>
public enum MachineExitCause
{
    /// <summary>The guest powered itself off, by itself or after the power button.</summary>
    GuestPowerOff,

    /// <summary>The guest reset itself, which ends a machine; a kernel panic with <c>panic=-1</c> looks so too.</summary>
    GuestReset,

    /// <summary>The guest reported a panic through a device of the VMM.</summary>
    GuestPanic,

    /// <summary>This library ended it, as asked.</summary>
    Requested,

    /// <summary>A signal that this library did not send ended the VMM.</summary>
    Signalled,

    /// <summary>The VMM ended by itself with an error.</summary>
    VmmFailed,

    /// <summary>The VMM ended and its exit status was lost.</summary>
    Unknown,
}
