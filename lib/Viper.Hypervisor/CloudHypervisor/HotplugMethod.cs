using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>How memory is added to a running guest.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<HotplugMethod>))]
public enum HotplugMethod
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>As memory modules, in steps of 128 MiB; never taken away.</summary>
    Acpi = 0,

    /// <summary>By virtio-mem, both ways.</summary>
    VirtioMem,
}
