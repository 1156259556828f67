using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>How memory comes back at a restore.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<MemoryRestoreMode>))]
public enum MemoryRestoreMode
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>All of it is read before the restore ends.</summary>
    Copy = 0,

    /// <summary>Pages are read when the guest touches them, by userfaultfd in the VMM (v52 and later).</summary>
    OnDemand,

    /// <summary>The snapshot's file is mapped privately; it must stay unchanged while the machine lives. After v53.</summary>
    CopyOnWrite,
}
