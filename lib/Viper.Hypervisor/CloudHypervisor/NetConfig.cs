namespace Viper.Hypervisor;

/// <summary>A virtio network card.</summary>
public sealed record NetConfig
{
    /// <summary>The device's name; the VMM makes one up when there is none.</summary>
    public string? Id { get; init; }

    /// <summary>The name of the host's tap; without one the VMM creates a tap by itself.</summary>
    public string? Tap { get; init; }

    /// <summary>The guest's MAC address.</summary>
    public string? Mac { get; init; }
}
