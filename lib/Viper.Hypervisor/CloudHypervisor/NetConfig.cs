namespace Viper.Hypervisor;

/// <summary>A virtio network card.</summary>
/// <remarks>Give a tap by name or by descriptor: without either the VMM makes a tap by itself.</remarks>
public sealed record NetConfig
{
    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The name of the host's tap; without one the VMM creates a tap by itself.</summary>
    public string? Tap { get; init; }

    /// <summary>The address that the VMM gives to a tap that it makes, IPv4 or IPv6; 192.168.249.1 unless set.</summary>
    public string? Ip { get; init; }

    /// <summary>The netmask for <see cref="Ip"/>; 255.255.255.0 unless set.</summary>
    public string? Mask { get; init; }

    /// <summary>The guest's MAC address; made up when null.</summary>
    public string? Mac { get; init; }

    /// <summary>The MAC address of the tap; left as it is when null.</summary>
    public string? HostMac { get; init; }

    /// <summary>The MTU in bytes, at least 1,280; the tap's when null.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether the device sits behind the virtual IOMMU; off unless set.</summary>
    public bool? Iommu { get; init; }

    /// <summary>How many queues it has, two for each pair; 2 unless set, and twice the number of descriptors.</summary>
    public int? NumQueues { get; init; }

    /// <summary>The length of a queue, a power of two; 256 unless set.</summary>
    public int? QueueSize { get; init; }

    /// <summary>Whether another process serves the device over vhost-user; off unless set. Needs <see cref="MemoryConfig.Shared"/>.</summary>
    public bool? VhostUser { get; init; }

    /// <summary>The path of that process's socket.</summary>
    public string? VhostSocket { get; init; }

    /// <summary>Which side of the vhost-user socket the VMM is; <see cref="Viper.Hypervisor.VhostMode.Client"/> unless set.</summary>
    public VhostMode? VhostMode { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }

    /// <summary>The limits of its traffic; none when null.</summary>
    public RateLimiterConfig? RateLimiterConfig { get; init; }

    /// <summary>Whether the guest may leave cutting TCP into segments to the host; on unless set.</summary>
    public bool? OffloadTso { get; init; }

    /// <summary>Whether the guest may leave fragmenting UDP to the host; on unless set.</summary>
    public bool? OffloadUfo { get; init; }

    /// <summary>Whether the guest may leave checksums to the host; on unless set.</summary>
    public bool? OffloadCsum { get; init; }

    /// <summary>In answers, the VMM's own numbers of the descriptors that it was given. Numbers in a request are ignored; pass descriptors instead.</summary>
    public IReadOnlyList<int>? Fds { get; init; }
}
