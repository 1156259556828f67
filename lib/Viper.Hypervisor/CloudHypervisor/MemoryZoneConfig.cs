namespace Viper.Hypervisor;

/// <summary>A part of the guest's memory with properties of its own.</summary>
/// <remarks>A zone that is private and backed by a file costs nothing to restore.</remarks>
public sealed record MemoryZoneConfig
{
    /// <summary>The zone's name, unique in the machine.</summary>
    public required string Id { get; init; }

    /// <summary>The size in bytes, a multiple of 2 MiB with ACPI hot-plug.</summary>
    public required long Size { get; init; }

    /// <summary>The file or folder that backs it; anonymous memory when null.</summary>
    public string? File { get; init; }

    /// <summary>Whether the host may merge equal pages (KSM); off unless set.</summary>
    public bool? Mergeable { get; init; }

    /// <summary>Whether the memory is mapped shared, which vhost-user and virtio-fs need; off unless set.</summary>
    public bool? Shared { get; init; }

    /// <summary>Whether it is made of huge pages; off unless set.</summary>
    public bool? Hugepages { get; init; }

    /// <summary>The size of a huge page in bytes, a power of two; the host's default when null.</summary>
    public long? HugepageSize { get; init; }

    /// <summary>Whether all pages are touched before the boot; off unless set.</summary>
    public bool? Prefault { get; init; }

    /// <summary>Whether swap is reserved for it when it is mapped; off unless set.</summary>
    public bool? Reserve { get; init; }

    /// <summary>The host's NUMA node that it is taken from; any when null.</summary>
    public long? HostNumaNode { get; init; }

    /// <summary>How many bytes can be added later, with <see cref="HotplugMethod.VirtioMem"/> only; none when null.</summary>
    public long? HotplugSize { get; init; }

    /// <summary>How many of these bytes are plugged at boot.</summary>
    public long? HotpluggedSize { get; init; }
}
