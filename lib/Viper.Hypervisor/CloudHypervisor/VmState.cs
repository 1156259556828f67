namespace Viper.Hypervisor;

/// <summary>The states of a machine in Cloud Hypervisor; after a shutdown it says <see cref="Created"/> again.</summary>
public enum VmState
{
    /// <summary>It has a configuration and does not run.</summary>
    Created,

    /// <summary>Its virtual CPUs run.</summary>
    Running,

    /// <summary>In the API's description, but never seen.</summary>
    Shutdown,

    /// <summary>Its virtual CPUs are stopped.</summary>
    Paused,

    /// <summary>It stands at a breakpoint of a debugger.</summary>
    BreakPoint,
}
