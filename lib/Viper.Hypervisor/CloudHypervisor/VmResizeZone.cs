namespace Viper.Hypervisor;

/// <summary>A wish for another size of a memory zone.</summary>
public sealed record VmResizeZone
{
    /// <summary>The zone's name.</summary>
    public string? Id { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? DesiredRam { get; init; }
}
