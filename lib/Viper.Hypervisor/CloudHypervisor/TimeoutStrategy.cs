using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>What happens to a migration whose time is over.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<TimeoutStrategy>))]
public enum TimeoutStrategy
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>It is given up; the machine runs on where it was.</summary>
    Cancel = 0,

    /// <summary>It is completed, however long the guest stands still.</summary>
    Ignore,
}
