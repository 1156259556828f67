namespace Viper.Hypervisor;

/// <summary>A device of the host, handed over by VFIO.</summary>
/// <remarks>Give its path, or pass a descriptor of its character device with the request.</remarks>
public sealed record DeviceConfig
{
    /// <summary>The path of the device in sysfs; null when a descriptor is passed.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the device sits behind the virtual IOMMU; off unless set.</summary>
    public bool? Iommu { get; init; }

    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }

    /// <summary>The GPUDirect clique of an NVIDIA device, 0 to 15.</summary>
    public int? XNvGpudirectClique { get; init; }

    /// <summary>The BARs that are not mapped into the guest, 0 to 5.</summary>
    public IReadOnlyList<long>? XExcludeMmapBars { get; init; }
}
