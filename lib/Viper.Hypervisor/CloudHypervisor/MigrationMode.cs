using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>When memory moves in a migration.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<MigrationMode>))]
public enum MigrationMode
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>Before the receiver runs.</summary>
    Precopy = 0,

    /// <summary>When the receiver, already running, touches it.</summary>
    Postcopy,
}
