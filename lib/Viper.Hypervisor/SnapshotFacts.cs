namespace Viper.Hypervisor;

/// <summary>What a snapshot was made of; a machine is restored from it only with a description that agrees.</summary>
/// <remarks>Stored in the snapshot's folder as <c>viper-snapshot.json</c>, written last: a folder without it is no snapshot.</remarks>
public sealed record SnapshotFacts
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "viper-snapshot.json";

    /// <summary>The version of this record's form that this library writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version of the form in which it was written.</summary>
    public required int Format { get; init; }

    /// <summary>The program that made it.</summary>
    public required HypervisorKind Hypervisor { get; init; }

    /// <summary>The program's version, as <see cref="HypervisorInfo.Version"/>.</summary>
    public required string Version { get; init; }

    /// <summary>The type of machine, as <see cref="HypervisorInfo.MachineType"/>.</summary>
    public required string MachineType { get; init; }

    /// <summary>How guest instructions were executed.</summary>
    public required Accelerator Accelerator { get; init; }

    /// <summary>The number of virtual CPUs.</summary>
    public required int VcpuCount { get; init; }

    /// <summary>The guest's memory in MiB.</summary>
    public required int MemoryMib { get; init; }

    /// <summary>The number of disks.</summary>
    public required int Disks { get; init; }

    /// <summary>The addresses of the network cards. A restored guest keeps them, whatever its description says.</summary>
    public required IReadOnlyList<string> MacAddresses { get; init; }

    /// <summary>Whether the machine had a balloon.</summary>
    public required bool Balloon { get; init; }

    /// <summary>The number of places for hot-plugged devices.</summary>
    public required int HotplugSlots { get; init; }

    /// <summary>Whether the memory is a file of its own, which a restored machine can map.</summary>
    public required bool HasMemoryFile { get; init; }

    /// <summary>When it was made, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
