namespace Viper.Hypervisor;

/// <summary>A virtio block device.</summary>
public sealed record DiskConfig
{
    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The path of the image.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the guest may only read it; off unless set.</summary>
    public bool? Readonly { get; init; }

    /// <summary>Whether the host's page cache is passed by (O_DIRECT); off unless set.</summary>
    public bool? Direct { get; init; }

    /// <summary>Whether the device sits behind the virtual IOMMU; off unless set.</summary>
    public bool? Iommu { get; init; }

    /// <summary>How many queues it has; 1 unless set.</summary>
    public int? NumQueues { get; init; }

    /// <summary>The length of a queue, a power of two; 128 unless set.</summary>
    public int? QueueSize { get; init; }

    /// <summary>Whether another process serves the device over vhost-user; off unless set. Needs <see cref="MemoryConfig.Shared"/>.</summary>
    public bool? VhostUser { get; init; }

    /// <summary>The path of that process's socket.</summary>
    public string? VhostSocket { get; init; }

    /// <summary>The limits of its traffic; none when null.</summary>
    public RateLimiterConfig? RateLimiterConfig { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }

    /// <summary>The serial number that the guest sees, at most 20 bytes.</summary>
    public string? Serial { get; init; }

    /// <summary>The group whose limits it shares; not together with <see cref="RateLimiterConfig"/>.</summary>
    public string? RateLimitGroup { get; init; }

    /// <summary>Which host CPUs serve which queue; any when null.</summary>
    public IReadOnlyList<VirtQueueAffinity>? QueueAffinity { get; init; }

    /// <summary>Whether an image may name another one as its base; off unless set, since a guest could write such a name.</summary>
    public bool? BackingFiles { get; init; }

    /// <summary>Whether what the guest discards is freed on the host; on unless set.</summary>
    public bool? Sparse { get; init; }

    /// <summary>The format of the image; the VMM guesses when there is none, which a guest could exploit.</summary>
    public DiskImageType? ImageType { get; init; }

    /// <summary>What of the image is locked against other programs; <see cref="Viper.Hypervisor.LockGranularity.ByteRange"/> unless set.</summary>
    public LockGranularity? LockGranularity { get; init; }

    /// <summary>Whether io_uring is left unused; off unless set. Not in the program's description.</summary>
    public bool? DisableIoUring { get; init; }

    /// <summary>Whether Linux AIO is left unused; off unless set. Not in the program's description.</summary>
    public bool? DisableAio { get; init; }
}
