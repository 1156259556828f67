using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>Which side of a vhost-user socket the VMM is.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<VhostMode>))]
public enum VhostMode
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>It connects.</summary>
    Client = 0,

    /// <summary>It listens.</summary>
    Server,
}
