namespace Viper.Hypervisor;

/// <summary>A virtio block device.</summary>
public sealed record DiskConfig
{
    /// <summary>The device's name; the VMM makes one up when there is none.</summary>
    public string? Id { get; init; }

    /// <summary>The path of the image.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the guest may only read it.</summary>
    public bool? Readonly { get; init; }

    /// <summary>The format of the image; the VMM guesses when there is none, which a guest could exploit.</summary>
    public DiskImageType? ImageType { get; init; }
}
