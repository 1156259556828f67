namespace Viper.Hypervisor;

/// <summary>A balloon: memory that the guest gives back for as long as it is inflated.</summary>
public sealed record BalloonConfig
{
    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }

    /// <summary>Whether the device sits behind the virtual IOMMU; off unless set.</summary>
    public bool? Iommu { get; init; }

    /// <summary>Its size in bytes; 0 to begin with nothing taken.</summary>
    public required long Size { get; init; }

    /// <summary>Whether it shrinks when the guest runs out of memory; off unless set.</summary>
    public bool? DeflateOnOom { get; init; }

    /// <summary>Whether the guest tells of pages that it no longer uses; off unless set.</summary>
    public bool? FreePageReporting { get; init; }
}
