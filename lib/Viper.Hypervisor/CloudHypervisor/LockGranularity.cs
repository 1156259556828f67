using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>What of a disk's image is locked against other programs.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<LockGranularity>))]
public enum LockGranularity
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>A range of bytes, the same that QEMU locks.</summary>
    ByteRange = 0,

    /// <summary>The whole file.</summary>
    Full,
}
