using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>The formats of disk images that Cloud Hypervisor knows.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<DiskImageType>))]
public enum DiskImageType
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>Not given.</summary>
    Unknown = 0,

    /// <summary>The bytes of the disk.</summary>
    Raw,

    /// <summary>QEMU's format.</summary>
    Qcow2,

    /// <summary>Hyper-V's first format, of fixed size.</summary>
    FixedVhd,

    /// <summary>Hyper-V's second format.</summary>
    Vhdx,
}
