namespace Viper.Hypervisor;

/// <summary>Where a hot-plugged device has been put.</summary>
public sealed record PciDeviceInfo
{
    /// <summary>The device's name; the argument of <c>vm.remove-device</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its PCI address, such as <c>0000:00:06.0</c>.</summary>
    public required string Bdf { get; init; }
}
