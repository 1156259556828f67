namespace Viper.Hypervisor;

/// <summary>How a machine is restored.</summary>
public sealed record RestoreOptions
{
    /// <summary>
    /// The one way in which memory may come from the snapshot; null for the cheapest that works. A way that the program or the
    /// snapshot does not offer is a <see cref="HypervisorUnsupportedException"/>.
    /// </summary>
    public MemoryMode? MemoryMode { get; init; }

    /// <summary>Whether the machine runs when the restore returns; otherwise it is paused.</summary>
    public bool Resume { get; init; } = true;
}
