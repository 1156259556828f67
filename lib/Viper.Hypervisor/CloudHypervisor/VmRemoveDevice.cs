namespace Viper.Hypervisor;

/// <summary>A device to take out.</summary>
public sealed record VmRemoveDevice
{
    /// <summary>The device's name.</summary>
    public string? Id { get; init; }
}
