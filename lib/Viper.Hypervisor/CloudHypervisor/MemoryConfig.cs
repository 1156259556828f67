namespace Viper.Hypervisor;

/// <summary>Guest memory.</summary>
/// <param name="Size">The size in bytes; 0 when all of it is in <see cref="Zones"/>.</param>
public sealed record MemoryConfig(long Size)
{
    /// <summary>How many bytes can be added later; none when null.</summary>
    public long? HotplugSize { get; init; }

    /// <summary>How many of these bytes are plugged at boot, with <see cref="HotplugMethod.VirtioMem"/> only.</summary>
    public long? HotpluggedSize { get; init; }

    /// <summary>How memory is added; <see cref="Viper.Hypervisor.HotplugMethod.Acpi"/> unless set.</summary>
    public HotplugMethod? HotplugMethod { get; init; }

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

    /// <summary>Whether transparent huge pages are asked for; on unless set.</summary>
    public bool? Thp { get; init; }

    /// <summary>Parts with properties of their own; needs <see cref="Size"/> 0.</summary>
    public IReadOnlyList<MemoryZoneConfig>? Zones { get; init; }
}
