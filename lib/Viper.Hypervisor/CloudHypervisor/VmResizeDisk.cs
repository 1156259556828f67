namespace Viper.Hypervisor;

/// <summary>A wish for another size of a disk.</summary>
public sealed record VmResizeDisk
{
    /// <summary>The disk's name.</summary>
    public string? Id { get; init; }

    /// <summary>The size in bytes, a multiple of 512.</summary>
    public long? DesiredSize { get; init; }
}
