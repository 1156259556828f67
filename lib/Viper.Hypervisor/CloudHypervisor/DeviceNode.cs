using System.Text.Json;

namespace Viper.Hypervisor;

/// <summary>A device of a machine, as the VMM keeps it.</summary>
public sealed record DeviceNode
{
    /// <summary>The device's name.</summary>
    public string? Id { get; init; }

    /// <summary>What the device occupies, such as <c>{"PciBar":{…}}</c>; the program has no fixed form for it.</summary>
    public IReadOnlyList<JsonElement>? Resources { get; init; }

    /// <summary>The name of the device that carries this one, such as the PCI function of a virtio device.</summary>
    public string? Parent { get; init; }

    /// <summary>The names of the devices that this one carries.</summary>
    public IReadOnlyList<string>? Children { get; init; }

    /// <summary>The PCI address, such as <c>0000:00:03.0</c>; null for what is not a PCI function.</summary>
    public string? PciBdf { get; init; }
}
