namespace Viper.Hypervisor;

/// <summary>Where a machine is restored from, and how.</summary>
public sealed record RestoreConfig
{
    /// <summary>A <c>file://</c> URL of a snapshot's folder.</summary>
    public required string SourceUrl { get; init; }

    /// <summary>Whether all memory is touched first; not together with <see cref="MemoryRestoreMode.OnDemand"/>; off unless set.</summary>
    public bool? Prefault { get; init; }

    /// <summary>How memory comes back; <see cref="Viper.Hypervisor.MemoryRestoreMode.Copy"/> unless set.</summary>
    public MemoryRestoreMode? MemoryRestoreMode { get; init; }

    /// <summary>Whether the virtual CPUs run at once; otherwise the machine is paused.</summary>
    public bool? Resume { get; init; }

    /// <summary>The cards that get new descriptors, in the order in which these are passed.</summary>
    public IReadOnlyList<RestoredNetConfig>? NetFds { get; init; }

    /// <summary>A restore from the folder of a snapshot.</summary>
    /// <param name="directory">The absolute path; the program takes it as it stands, so nothing of it is escaped.</param>
    public static RestoreConfig FromDirectory(string directory) => new() { SourceUrl = "file://" + directory };
}
