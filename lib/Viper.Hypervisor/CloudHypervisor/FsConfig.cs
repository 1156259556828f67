namespace Viper.Hypervisor;

/// <summary>A folder of the host, shared by virtio-fs.</summary>
/// <remarks>A socket that nobody serves makes <c>vm.boot</c> wait for 60 s.</remarks>
public sealed record FsConfig
{
    /// <summary>The name by which the guest mounts it, at most 36 bytes.</summary>
    public required string Tag { get; init; }

    /// <summary>The path of the socket of virtiofsd.</summary>
    public required string Socket { get; init; }

    /// <summary>How many queues it has, at least 1.</summary>
    public required int NumQueues { get; init; }

    /// <summary>The length of a queue, a power of two, such as 1,024.</summary>
    public required int QueueSize { get; init; }

    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }
}
