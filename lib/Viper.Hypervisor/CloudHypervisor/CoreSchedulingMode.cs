using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>Who may share a core of the host with a virtual CPU.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<CoreSchedulingMode>))]
public enum CoreSchedulingMode
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>Only virtual CPUs of the same machine.</summary>
    Vm = 0,

    /// <summary>Nobody: each virtual CPU has its own group.</summary>
    Vcpu,

    /// <summary>Anybody.</summary>
    Off,
}
