namespace Viper.Net;

/// <summary>A network interface as the kernel describes it at one moment.</summary>
public sealed record Link
{
    /// <summary>The kernel's number for it, unique within its namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Its name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind (see <see cref="LinkKind"/>), or null for hardware and loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>Its Ethernet address, or null where it has none.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>Largest packet in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Index of the bridge or other link that it belongs to; null when it stands alone.</summary>
    public int? Master { get; init; }

    /// <summary>Index of the link beneath it or, for a veth, of its peer.</summary>
    public int? LowerIndex { get; init; }

    /// <summary>The group number by which many links are handled at once; 0 is the default.</summary>
    public uint Group { get; init; }

    /// <summary>A free text that an administrator gave it (ifalias), or null.</summary>
    public string? Alias { get; init; }

    /// <summary>True when it was set up by an administrator.</summary>
    public bool IsUp { get; init; }

    /// <summary>True when it also has a carrier.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Its settings as a bridge port; null when it is not one.</summary>
    public BridgePortSettings? BridgePort { get; init; }
}
