namespace Viper.Hypervisor;

/// <summary>How a snapshot is made.</summary>
public sealed record SnapshotOptions
{
    /// <summary>
    /// Whether the machine ends once its snapshot is complete. Memory in a file (<see cref="MachineSpec.MemoryFilePath"/>) then moves
    /// into the snapshot and is not copied, where both are on one file system.
    /// </summary>
    public bool EndMachine { get; init; }
}
