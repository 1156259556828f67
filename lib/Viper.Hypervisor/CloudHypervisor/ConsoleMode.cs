namespace Viper.Hypervisor;

/// <summary>Where a console of Cloud Hypervisor leads.</summary>
public enum ConsoleMode
{
    /// <summary>There is none.</summary>
    Off,

    /// <summary>A pseudo-terminal; the guest stalls when nobody reads it.</summary>
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
