namespace Viper.Hypervisor;

/// <summary>A NUMA node of the guest.</summary>
public sealed record NumaConfig
{
    /// <summary>The node's number.</summary>
    public required long GuestNumaId { get; init; }

    /// <summary>Its virtual CPUs.</summary>
    public IReadOnlyList<int>? Cpus { get; init; }

    /// <summary>Its distances to other nodes; 20 where none is given.</summary>
    public IReadOnlyList<NumaDistance>? Distances { get; init; }

    /// <summary>The names of its memory zones.</summary>
    public IReadOnlyList<string>? MemoryZones { get; init; }

    /// <summary>Its PCI segments.</summary>
    public IReadOnlyList<int>? PciSegments { get; init; }

    /// <summary>The device whose memory makes the node.</summary>
    public string? DeviceId { get; init; }
}
