namespace Viper.Hypervisor;

/// <summary>What an event of Cloud Hypervisor tells.</summary>
public enum VmmEventKind
{
    /// <summary>Something that this library has no name for; <see cref="VmmEvent.Source"/> and <see cref="VmmEvent.Name"/> tell.</summary>
    Other,

    /// <summary>The VMM starts.</summary>
    Starting,

    /// <summary>The machine is being booted.</summary>
    Booting,

    /// <summary>The machine has been booted.</summary>
    Booted,

    /// <summary>The virtual CPUs are being stopped.</summary>
    Pausing,

    /// <summary>The virtual CPUs stand still.</summary>
    Paused,

    /// <summary>The virtual CPUs are being let go.</summary>
    Resuming,

    /// <summary>The virtual CPUs run again.</summary>
    Resumed,

    /// <summary>A snapshot is being written.</summary>
    Snapshotting,

    /// <summary>A snapshot has been written.</summary>
    Snapshotted,

    /// <summary>A machine is being restored.</summary>
    Restoring,

    /// <summary>A machine has been restored.</summary>
    Restored,

    /// <summary>CPUs, memory, balloon, a zone or a disk are being resized.</summary>
    Resizing,

    /// <summary>The resize has been done.</summary>
    Resized,

    /// <summary>The machine is being rebooted.</summary>
    Rebooting,

    /// <summary>The machine has been rebooted.</summary>
    Rebooted,

    /// <summary>The machine, or the VMM, has been shut down.</summary>
    Shutdown,

    /// <summary>The machine has been deleted.</summary>
    Deleted,

    /// <summary>The guest's kernel has panicked.</summary>
    Panic,

    /// <summary>A migration has begun.</summary>
    MigrationStarted,

    /// <summary>The machine has gone to the receiver; this VMM ends.</summary>
    MigrationFinished,

    /// <summary>The migration has failed; the machine is still here.</summary>
    MigrationFailed,

    /// <summary>
    /// A resize has failed: after <see cref="Resizing"/> came something else than <see cref="Resized"/>. The program has no event for
    /// it, so this library makes one, with the time and the source of the beginning.
    /// </summary>
    ResizeFailed,
}
