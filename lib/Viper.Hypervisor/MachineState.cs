namespace Viper.Hypervisor;

/// <summary>What a machine does now.</summary>
public enum MachineState
{
    /// <summary>Its virtual CPUs run.</summary>
    Running,

    /// <summary>Its virtual CPUs stand still; they can be resumed.</summary>
    Paused,

    /// <summary>It has not run yet, or is being restored.</summary>
    Starting,

    /// <summary>The guest has powered off and the VMM lives on.</summary>
    Stopped,

    /// <summary>The VMM lives, but reports that the guest cannot go on: a panic, an error of a disk, an error of its own.</summary>
    Failed,

    /// <summary>The process has ended.</summary>
    Ended,
}
