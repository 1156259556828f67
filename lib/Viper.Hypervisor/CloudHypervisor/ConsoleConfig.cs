namespace Viper.Hypervisor;

/// <summary>A virtio console.</summary>
/// <remarks>The modes File and Socket without their path crash the VMM, so the client refuses them.</remarks>
public sealed record ConsoleConfig
{
    /// <summary>Where it leads.</summary>
    public required ConsoleMode Mode { get; init; }

    /// <summary>The path of the file, for <see cref="ConsoleMode.File"/>.</summary>
    public string? File { get; init; }

    /// <summary>The path of the socket, for <see cref="ConsoleMode.Socket"/>.</summary>
    public string? Socket { get; init; }

    /// <summary>The device's name, unique in the machine; the VMM makes one up when null.</summary>
    public string? Id { get; init; }

    /// <summary>The PCI segment, 0 unless set; at least one must exist (<see cref="PlatformConfig.NumPciSegments"/>).</summary>
    public int? PciSegment { get; init; }

    /// <summary>The device number on its PCI bus, 1 to 31; the VMM picks a free one when null.</summary>
    public int? PciDeviceId { get; init; }

    /// <summary>Whether the device sits behind the virtual IOMMU; off unless set.</summary>
    public bool? Iommu { get; init; }

    /// <summary>A console that leads nowhere.</summary>
    public static ConsoleConfig Off { get; } = new() { Mode = ConsoleMode.Off };

    /// <summary>A console on a unix socket that the VMM listens on.</summary>
    public static ConsoleConfig ToSocket(string path) => new() { Mode = ConsoleMode.Socket, Socket = path };
}
