namespace Viper.Hypervisor;

/// <summary>The share of one PCI segment in the address space.</summary>
public sealed record PciSegmentConfig
{
    /// <summary>The segment, from 0.</summary>
    public required int PciSegment { get; init; }

    /// <summary>Its weight in the space below 4 GiB; 1 unless set.</summary>
    public int? Mmio32ApertureWeight { get; init; }

    /// <summary>Its weight in the space above; 1 unless set.</summary>
    public int? Mmio64ApertureWeight { get; init; }
}
