using System.Text.Json.Serialization;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>Where a console or serial port leads.</summary>
/// <remarks>The names are those of the wire.</remarks>
[JsonConverter(typeof(WireEnumConverter<ConsoleMode>))]
public enum ConsoleMode
{
    /// <summary>In an answer: a name that this library does not know. It cannot be sent.</summary>
    Unrecognized = -1,

    /// <summary>There is none.</summary>
    Off = 0,

    /// <summary>A new pseudo-terminal. One that nobody reads stops the guest.</summary>
    Pty,

    /// <summary>The VMM's own terminal.</summary>
    Tty,

    /// <summary>A file.</summary>
    File,

    /// <summary>A unix socket.</summary>
    Socket,

    /// <summary>The device is there and its output is dropped.</summary>
    Null,
}
