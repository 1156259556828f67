namespace Viper.Hypervisor;

/// <summary>What a machine can do beside being started and ended.</summary>
/// <remarks>An operation that a machine lacks throws <see cref="HypervisorUnsupportedException"/> and changes nothing.</remarks>
[Flags]
public enum MachineCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><see cref="IMachine.PauseAsync"/> and <see cref="IMachine.ResumeAsync"/>.</summary>
    Pause = 1 << 0,

    /// <summary><see cref="IMachine.PowerButtonAsync"/>.</summary>
    PowerButton = 1 << 1,

    /// <summary><see cref="IMachine.ResetAsync"/>.</summary>
    Reset = 1 << 2,

    /// <summary><see cref="IMachine.AddDiskAsync"/>, and removing the disk again.</summary>
    DiskHotplug = 1 << 3,

    /// <summary><see cref="IMachine.AddNicAsync"/>, and removing the card again.</summary>
    NicHotplug = 1 << 4,

    /// <summary><see cref="IMachine.SetBalloonAsync"/> and <see cref="IMachine.QueryBalloonAsync"/>.</summary>
    MemoryBalloon = 1 << 5,

    /// <summary><see cref="IMachine.ResizeMemoryAsync"/>.</summary>
    MemoryResize = 1 << 6,

    /// <summary><see cref="IMachine.ResizeCpusAsync"/>.</summary>
    CpuResize = 1 << 7,

    /// <summary><see cref="IMachine.SnapshotAsync"/>.</summary>
    Snapshot = 1 << 8,

    /// <summary><see cref="IHypervisor.RestoreAsync"/>.</summary>
    Restore = 1 << 9,

    /// <summary><see cref="IMachine.NmiAsync"/>.</summary>
    Nmi = 1 << 10,

    /// <summary><see cref="IMachine.CoreDumpAsync"/>.</summary>
    CoreDump = 1 << 11,

    /// <summary><see cref="IHypervisor.AdoptAsync"/>.</summary>
    Adopt = 1 << 12,
}
