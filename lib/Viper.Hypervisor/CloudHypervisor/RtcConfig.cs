namespace Viper.Hypervisor;

/// <summary>A virtio clock.</summary>
public sealed record RtcConfig
{
    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }

    /// <summary>Whether the device sits behind the virtual IOMMU; off unless set.</summary>
    public bool? Iommu { get; init; }
}
