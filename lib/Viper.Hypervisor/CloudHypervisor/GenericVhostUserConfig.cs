namespace Viper.Hypervisor;

/// <summary>A virtio device of any kind, served by another process over vhost-user.</summary>
public sealed record GenericVhostUserConfig
{
    /// <summary>The path of that process's socket.</summary>
    public required string Socket { get; init; }

    /// <summary>The length of each queue, powers of two.</summary>
    public required IReadOnlyList<int> QueueSizes { get; init; }

    /// <summary>The number of the virtio device type (virtio specification, section 5).</summary>
    public required long DeviceType { get; init; }

    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }
}
