using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>The states of a machine in Cloud Hypervisor; after a shutdown it says <see cref="Created"/> again.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<VmState>))]
public enum VmState
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>It has a configuration and does not run.</summary>
    Created = 0,

    /// <summary>Its virtual CPUs run.</summary>
    Running,

    /// <summary>In the API's description, but never seen.</summary>
    Shutdown,

    /// <summary>Its virtual CPUs are stopped.</summary>
    Paused,

    /// <summary>It stands at a breakpoint of a debugger.</summary>
    BreakPoint,
}
