namespace Viper.Hypervisor;

/// <summary>A PCI device served by another process over vfio-user.</summary>
public sealed record UserDeviceConfig
{
    /// <summary>The path of that process's socket.</summary>
    public required string Socket { get; init; }

    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }
}
